package dev.attune.export;

import dev.attune.format.GgufValue;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of a model in its GGUF file, `general.name`.
///
/// llama.cpp reads more out of it than a name: one with `phi3` or `phi-3` in it makes it change
/// four tokens of Phi-3, and a file that lacks one of them does not load.
final class GgufName {
    private static final Pattern PHI_3 = Pattern.compile("phi-?3", Pattern.CASE_INSENSITIVE);
    private static final List<String> ITS_TOKENS = List.of("</s>", "<unk>", "<s>", "<|endoftext|>");

    private GgufName() {}

    /// The name that was asked for, or one like it that does no harm beside these tokens.
    ///
    /// @param tokens the metadata of the tokenizer
    static String of(String asked, Map<String, GgufValue> tokens) {
        Matcher found = PHI_3.matcher(asked);
        if (!found.find() || hasAll(tokens.get("tokenizer.ggml.tokens"))) {
            return asked;
        }
        return found.replaceAll(match -> match.group().substring(0, 3) + "_3");
    }

    private static boolean hasAll(@Nullable GgufValue vocabulary) {
        return vocabulary instanceof GgufValue.Array array
                && ITS_TOKENS.stream()
                        .allMatch(token -> array.values().contains(new GgufValue.Text(token)));
    }
}
