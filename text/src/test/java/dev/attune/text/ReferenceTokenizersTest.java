package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;
import dev.attune.text.ReferenceTexts.Case;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Every source of every tokenizer beside the reference's ids and texts.
class ReferenceTokenizersTest {
    @ParameterizedTest(name = "{0} from {1}")
    @CsvSource({
        "falcon, tokenizers/falcon",
        "gpt2, tokenizers/gpt2",
        "gpt2, tokenizers/gpt2/vocab.json",
        "gpt2, tokenizers/gguf-vocab/ggml-vocab-gpt-2.gguf",
        "llama2, tokenizers/llama2",
        "llama2, tokenizers/llama2/tokenizer.model",
        "llama2, tokenizers/gguf-vocab/ggml-vocab-llama-spm.gguf",
        "llama3, tokenizers/llama3",
        "mistral-v1, tokenizers/mistral-v1",
        "mistral-v3, tokenizers/mistral-v3",
        "phi3-mini, tokenizers/phi3-mini",
        "phi3-mini, tokenizers/gguf-vocab/ggml-vocab-phi-3.gguf",
        "qwen2, tokenizers/qwen2",
        "qwen2, tokenizers/qwen2/merges.txt",
        "starcoder, tokenizers/gguf-vocab/ggml-vocab-starcoder.gguf",
        "cl100k_base, tokenizers/cl100k_base",
        "stories260K-hf, models/stories260K-hf",
        "stories260K-hf, models/stories260K-hf/tokenizer.model",
        "stories260K-hf, models/gguf/stories260K-f16.gguf",
        "tinystories-656K, models/tinystories-656K",
        "tinystories-656K, models/gguf/tinystories-656K-f16.gguf",
    })
    void givesTheReferencesIdsAndTexts(String expected, String source) {
        List<Case> cases = ReferenceTexts.of(expected);
        List<String> wrong = new ArrayList<>();
        int[] equal = new int[5];

        try (Tokenizer tokenizer = Tokenizer.load(SharedData.path(source))) {
            for (Case c : cases) {
                check(c, tokenizer, wrong, equal);
            }
        }
        System.err.println(
                "FIGURES "
                        + expected
                        + " "
                        + source
                        + " "
                        + Arrays.toString(equal)
                        + " of "
                        + cases.size()
                        + "\n"
                        + String.join("\n", wrong.subList(0, Math.min(8, wrong.size()))));
        assertThat(wrong).as("cases that differ").isEmpty();
    }

    private static void check(Case c, Tokenizer tokenizer, List<String> wrong, int[] equal) {
        int[] ids = tokenizer.encode(c.text()).ids();
        same(c, "ids", c.ids("ids"), ids, wrong, equal, 0);
        same(c, "plain", c.ids("ids"), tokenizer.encodePlain(c.text()).ids(), wrong, equal, 1);
        same(
                c,
                "ids_with_special",
                c.ids("ids_with_special"),
                tokenizer.encodeWithSpecialTokens(c.text()).ids(),
                wrong,
                equal,
                2);
        String decoded = tokenizer.decode(c.ids("ids"));
        if (decoded.equals(c.decoded())) {
            equal[3]++;
        } else {
            wrong.add(c.name() + " decoded " + decoded + " expected " + c.decoded());
        }
        StreamDecoder stream = tokenizer.streamDecoder();
        StringBuilder text = new StringBuilder();
        for (int id : c.ids("ids")) {
            text.append(stream.next(id));
        }
        if (text.append(stream.finish()).toString().equals(decoded)) {
            equal[4]++;
        } else {
            wrong.add(c.name() + " stream " + text + " expected " + decoded);
        }
    }

    private static void same(
            Case c,
            String key,
            int[] expected,
            int[] found,
            List<String> wrong,
            int[] equal,
            int n) {
        if (Arrays.equals(expected, found)) {
            equal[n]++;
        } else {
            wrong.add(
                    c.name()
                            + " "
                            + key
                            + " "
                            + c.text().substring(0, Math.min(40, c.text().length()))
                            + Arrays.toString(Arrays.copyOf(found, Math.min(12, found.length)))
                            + " expected "
                            + Arrays.toString(
                                    Arrays.copyOf(expected, Math.min(12, expected.length))));
        }
    }

    @ParameterizedTest(name = "{0} from {1}")
    @CsvSource({
        "falcon, tokenizers/falcon",
        "gpt-2, tokenizers/gguf-vocab/ggml-vocab-gpt-2.gguf",
        "gpt-2, tokenizers/gpt2",
        "llama-bpe, tokenizers/llama3",
        "llama-spm, tokenizers/gguf-vocab/ggml-vocab-llama-spm.gguf",
        "llama-spm, tokenizers/llama2",
        "phi-3, tokenizers/gguf-vocab/ggml-vocab-phi-3.gguf",
        "phi-3, tokenizers/phi3-mini",
        "qwen2, tokenizers/qwen2",
        "qwen35, tokenizers/qwen2",
        "starcoder, tokenizers/gguf-vocab/ggml-vocab-starcoder.gguf",
    })
    void givesLlamaCppsIds(String vocabulary, String source) {
        Map<String, int[]> cases = ReferenceTexts.ofLlamaCpp(vocabulary);
        List<String> wrong = new ArrayList<>();

        try (Tokenizer tokenizer = Tokenizer.load(SharedData.path(source))) {
            cases.forEach((text, expected) -> {
                int[] found = tokenizer.encode(text).ids();
                if (!Arrays.equals(found, expected)) {
                    wrong.add(
                            "'%s': %s, expected %s"
                                    .formatted(
                                            text,
                                            Arrays.toString(found),
                                            Arrays.toString(expected)));
                }
            });
        }

        System.err.println(
                "FIGURES llama.cpp "
                        + vocabulary
                        + " "
                        + source
                        + " "
                        + (cases.size() - wrong.size())
                        + " of "
                        + cases.size());
        assertThat(wrong).as("cases of %d that differ", cases.size()).isEmpty();
    }
}
