package dev.attune.text;

import dev.attune.base.AttuneException;
import dev.attune.format.GgufMetadata;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// The tokens with a role of a GGUF file, which names them by id.
final class GgufSpecialTokens {
    private static final Map<String, String> ROLES =
            Map.ofEntries(
                    Map.entry("bos", "bos_token"),
                    Map.entry("eos", "eos_token"),
                    Map.entry("eot", "eot_token"),
                    Map.entry("eom", "eom_token"),
                    Map.entry("unknown", "unk_token"),
                    Map.entry("padding", "pad_token"),
                    Map.entry("separator", "sep_token"),
                    Map.entry("seperator", "sep_token"), // as llama.cpp has long misspelt it
                    Map.entry("cls", "cls_token"),
                    Map.entry("mask", "mask_token"));

    private GgufSpecialTokens() {}

    static SpecialTokens of(GgufMetadata metadata) {
        List<String> tokens = metadata.texts("tokenizer.ggml.tokens").orElse(List.of());
        Map<String, String> named = new LinkedHashMap<>();
        ROLES.forEach((name, role) -> {
            String key = "tokenizer.ggml." + name + "_token_id";
            OptionalLong id = metadata.whole(key);
            if (id.isPresent() && id.getAsLong() != 0xffff_ffffL) {
                named.put(role, token(tokens, id.getAsLong(), key, metadata));
            }
        });
        return new SpecialTokens(
                named,
                metadata.flag("tokenizer.ggml.add_bos_token"),
                metadata.flag("tokenizer.ggml.add_eos_token"));
    }

    private static String token(List<String> tokens, long id, String key, GgufMetadata metadata) {
        if (id < 0 || id >= tokens.size()) {
            throw AttuneException.user(
                            "The metadata key '%s' is %d, but there are %d tokens."
                                    .formatted(key, id, tokens.size()))
                    .at(metadata.place())
                    .fix("Get the file again, or convert the model again.");
        }
        return tokens.get((int) id);
    }
}
