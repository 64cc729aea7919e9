package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

class ModelShowTest {
    @Test
    void jsonHoldsTheShapeUnderTheWordsOfHuggingFace() {
        JsonNode found = shown("gemma3", "--json").json();
        assertThat(found.propertyNames())
                .containsExactly(
                        "folder",
                        "architecture",
                        "model_type",
                        "parameters",
                        "dtypes",
                        "file_bytes",
                        "float32_bytes",
                        "bfloat16_bytes",
                        "vocab_size",
                        "hidden_size",
                        "num_hidden_layers",
                        "num_attention_heads",
                        "num_key_value_heads",
                        "head_dim",
                        "intermediate_size",
                        "experts",
                        "max_position_embeddings",
                        "sliding_window",
                        "positions",
                        "tie_word_embeddings");
        assertThat(found.get("architecture").asString()).isEqualTo("Gemma3ForCausalLM");
        assertThat(found.get("parameters").asLong()).isEqualTo(146_384);
        assertThat(found.get("dtypes").get("F32").asLong()).isEqualTo(146_384);
        assertThat(found.get("float32_bytes").asLong()).isEqualTo(4 * 146_384);
        assertThat(found.get("intermediate_size").get(0).asInt()).isEqualTo(128);
        assertThat(found.get("tie_word_embeddings").asBoolean()).isTrue();
    }

    @Test
    void groupsNumbersForAPersonAndKeepsEveryBracket() {
        assertThat(shown("gemma3").out())
                .containsPattern("(?m)^parameters +146,384$")
                .containsPattern("(?m)^dtypes +F32: 146,384$")
                .containsPattern("(?m)^file_bytes +585,536 \\(0\\.6 MB\\)$")
                .containsPattern("(?m)^intermediate_size +128$")
                .containsPattern("(?m)^experts +none$")
                .doesNotContain("[", "{", "=");
        assertThat(shown("mixtral").out()).containsPattern("(?m)^experts +2 of 4$");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    llama             | not scaled
                    llama-linear-rope | linear, factor 2.5
                    llama-dynamic-rope| dynamic, factor
                    llama31-rope      | llama3, factor
                    llama-yarn-rope   | yarn, factor 4, first trained on 32 tokens
                    phi3-longrope     | longrope, long factors beyond
                    gpt2              | learned
                    gemma3            | linear, factor 8; rope, rope_theta 10000
                    """)
    void tellsHowPositionsAreStretched(String folder, String words) {
        assertThat(shown(folder).out()).containsPattern("(?m)^positions .*" + words);
        assertThat(shown(folder, "--json").json().get("positions").asString()).contains(words);
    }

    private static Ran shown(String folder, String... options) {
        String path = SharedData.path("reference/" + folder).toString();
        Ran ran =
                options.length == 0
                        ? Ran.of("model", "show", path)
                        : Ran.of("model", "show", path, options[0]);
        assertThat(ran.err()).isEmpty();
        assertThat(ran.exitCode()).isZero();
        return ran;
    }
}
