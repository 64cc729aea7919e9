package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.format.GgufFile;
import dev.attune.format.GgufValue;
import dev.attune.format.GgufWriter;
import dev.attune.testkit.SharedData;
import dev.attune.text.ReferenceTexts.Case;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// A tokenizer that went into a GGUF file, read back from it.
class GgufTokensTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 7, 10, 12, 0);

    @TempDir private Path folder;

    /// The last column names cases that differ: llama.cpp has no NFC, and what it does not call
    /// special tokens follows its own vocabulary.
    @ParameterizedTest(name = "{0} as {2}")
    @CsvSource({
        "gpt2, tokenizers/gpt2, gpt-2, 50257, ''",
        "qwen2, tokenizers/qwen2, qwen2, 151936, hand-027 hand-028 llamacpp-inp-046"
                + " llamacpp-inp-047 llamacpp-inp-048",
        "llama3, tokenizers/llama3, llama3, 128256, ''",
        "llama2, tokenizers/llama2, default, 32000, hand-049 hand-053",
        "mistral-v3, tokenizers/mistral-v3, default, 32768, hand-049 hand-053",
        "phi3-mini, tokenizers/phi3-mini, default, 32064, hand-051",
        "stories260K-hf, models/stories260K-hf, default, 512, ''",
        "tinystories-656K, models/tinystories-656K, default, 2048, hand-053",
    })
    void givesTheIdsOfTheTokenizerItWasMadeOf(
            String expected, String source, String pre, int rows, String exceptions) {
        Path path = SharedData.path(source);
        Map<String, GgufValue> pairs = GgufTokens.of(path, rows, NOW);
        Set<String> differ = new TreeSet<>();

        try (Tokenizer tokenizer = Tokenizer.load(written(pairs))) {
            for (Case c : ReferenceTexts.of(expected)) {
                String key = c.has("ids_with_special_parsed") ? "ids_with_special_parsed" : "ids";
                if (!Arrays.equals(tokenizer.encode(c.text()).ids(), c.ids(key))) {
                    differ.add(c.name());
                }
            }
        }

        assertThat(pairs.get("tokenizer.ggml.pre")).isEqualTo(new GgufValue.Text(pre));
        assertThat(differ)
                .as("cases with other ids")
                .isEqualTo(
                        new TreeSet<>(
                                List.of(exceptions.split(" ", -1)).stream()
                                        .filter(s -> !s.isEmpty())
                                        .toList()));
    }

    @Test
    void keepsWhatAModelsFolderSaysOfItsTokens() throws IOException {
        Path model = Files.createDirectories(folder.resolve("m"));
        Path from = SharedData.path("tokenizers/qwen2");
        for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(from.resolve(name), model.resolve(name));
        }

        try (GgufFile file = GgufFile.open(written(GgufTokens.of(model, 151_936, NOW)))) {
            var pairs = file.metadata();
            assertThat(pairs.text("tokenizer.ggml.model")).contains("gpt2");
            assertThat(pairs.texts("tokenizer.ggml.tokens").orElseThrow())
                    .hasSize(151_936)
                    .endsWith("[PAD151935]");
            assertThat(pairs.whole("tokenizer.ggml.eos_token_id")).hasValue(151_645);
            assertThat(pairs.whole("tokenizer.ggml.padding_token_id")).hasValue(151_643);
            assertThat(pairs.flag("tokenizer.ggml.add_bos_token")).contains(false);
            assertThat(pairs.text("tokenizer.chat_template").orElseThrow())
                    .contains("<|im_start|>");
        }
    }

    @Test
    void pieceVocabulariesGiveTheSameIdsAgain() throws IOException {
        String unigram =
                """
                {"normalizer": null,
                 "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
                 "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
                 "added_tokens": [{"id": 0, "content": "<unk>", "special": true},
                                  {"id": 1, "content": "</s>", "special": true}],
                 "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["</s>", 0],
                   ["▁", -2.5], ["a", -3], ["b", -3.5], ["▁ab", -4], ["ba", -4.5], ["bab", -5]]}}
                """;
        String wordPiece =
                """
                {"normalizer": {"type": "BertNormalizer", "clean_text": true,
                   "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
                 "pre_tokenizer": {"type": "BertPreTokenizer"},
                 "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
                 "added_tokens": [{"id": 0, "content": "[UNK]", "special": true},
                                  {"id": 1, "content": "[CLS]", "special": true},
                                  {"id": 2, "content": "[SEP]", "special": true}],
                 "model": {"type": "WordPiece", "unk_token": "[UNK]",
                   "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
                   "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "ab": 3, "##ab": 4, "a": 5,
                             "##a": 6, "##b": 7, "!": 8}}}
                """;
        String whole =
                ", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\":"
                        + " false";
        unigram = unigram.replace(", \"special\"", whole + ", \"special\"");
        wordPiece = wordPiece.replace(", \"special\"", whole + ", \"special\"");
        assertSameIds(unigram, "t5", 8);
        assertSameIds(wordPiece, "bert", 9);
        Path cased = Files.createDirectories(folder.resolve("cased"));
        Files.writeString(
                cased.resolve("tokenizer.json"),
                wordPiece.replace("\"lowercase\": true", "\"lowercase\": false"));
        assertThatThrownBy(() -> GgufTokens.of(cased, 9, NOW))
                .hasMessageContaining("llama.cpp lowers the case of a text");
    }

    private void assertSameIds(String json, String kind, int rows) throws IOException {
        Path model = Files.createDirectories(folder.resolve(kind));
        Files.writeString(model.resolve("tokenizer.json"), json);
        Map<String, GgufValue> pairs = GgufTokens.of(model, rows, NOW);

        assertThat(pairs.get("tokenizer.ggml.model")).isEqualTo(new GgufValue.Text(kind));
        try (Tokenizer own = Tokenizer.load(model);
                Tokenizer read = Tokenizer.load(written(pairs))) {
            for (String text : List.of("ab", "ababa", "a b ab", "bab ba", "Ab!", "xa", "")) {
                assertThat(read.encode(text).ids())
                        .as("%s of '%s'", kind, text)
                        .isEqualTo(own.encode(text).ids());
            }
        }
    }

    @Test
    void refusesAWayOfSplittingThatLlamaCppHasNoNameFor() throws IOException {
        Path model = Files.createDirectories(folder.resolve("m"));
        Files.writeString(
                model.resolve("tokenizer.json"),
                """
                {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                   {"type": "Split", "pattern": {"Regex": "x+"}, "behavior": "Isolated", "invert": false},
                   {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]},
                 "added_tokens": [],
                 "model": {"type": "BPE", "vocab": {"a": 0, "x": 1}, "merges": []}}
                """);

        assertThatThrownBy(() -> GgufTokens.of(model, 2, NOW))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("llama.cpp has no name for the way")
                .hasMessageContaining("[x+]")
                .hasMessageContaining("--to hf");
        assertThatThrownBy(() -> GgufTokens.of(model, 1, NOW))
                .hasMessageContaining("'x' has the id 1, but the embedding has 1 rows");
    }

    private Path written(Map<String, GgufValue> pairs) {
        Path path = folder.resolve("t.gguf");
        try (GgufWriter writer = GgufWriter.create(path, pairs, List.of())) {
            writer.finish();
        }
        return path;
    }
}
