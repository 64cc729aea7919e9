package dev.attune.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A tokenizer for models that have none: token 7 is the text `[7]`. So a program that speaks text
/// only can be asked in ids, and answers in them.
final class NumberedTokens {
    private static final Pattern TOKEN = Pattern.compile("\\[(\\d+)\\]");

    private NumberedTokens() {}

    static String text(List<Integer> ids) {
        return ids.stream().map(id -> "[" + id + "]").collect(Collectors.joining());
    }

    static List<Integer> ids(String text) {
        return TOKEN.matcher(text)
                .results()
                .map(match -> Integer.parseInt(match.group(1)))
                .collect(Collectors.toList());
    }

    /// A copy of a model's folder with such a tokenizer.
    static Path beside(Path model, int vocabSize, Path folder) {
        try {
            Files.createDirectories(folder);
            try (Stream<Path> files = Files.list(model)) {
                for (Path file : files.filter(f -> !f.toString().contains("token")).toList()) {
                    Files.copy(file, folder.resolve(file.getFileName()));
                }
            }
            String vocab =
                    IntStream.range(0, vocabSize)
                            .mapToObj(id -> "\"[" + id + "]\": " + id)
                            .collect(Collectors.joining(", "));
            String added =
                    IntStream.range(0, vocabSize)
                            .mapToObj(id ->
                                    """
                                    {"id": %d, "content": "[%d]", "single_word": false,
                                     "lstrip": false, "rstrip": false, "normalized": false,
                                     "special": false}\
                                    """
                                            .formatted(id, id))
                            .collect(Collectors.joining(", "));
            Files.writeString(
                    folder.resolve("tokenizer.json"),
                    """
                    {"version": "1.0", "truncation": null, "padding": null, "normalizer": null,
                     "pre_tokenizer": null, "post_processor": null, "decoder": null,
                     "added_tokens": [%s],
                     "model": {"type": "BPE", "dropout": null, "unk_token": null,
                       "continuing_subword_prefix": null, "end_of_word_suffix": null,
                       "fuse_unk": false, "byte_fallback": false, "vocab": {%s}, "merges": []}}
                    """
                            .formatted(added, vocab));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
