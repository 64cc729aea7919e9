package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.Arrays;

/// Trained checkpoints, whose numbers were computed in float64.
///
/// Tolerances: a float32 run of the reference itself differs from its float64 run by up to 1e-5 in
/// a logit; ours may be as far on the other side, and the losses of sure tokens add a little.
class TrainedModelTest {
    private static final double LOGITS = 5e-5;
    private static final double LOSS = 5e-5;

    @ParameterizedTest
    @ValueSource(strings = {"stories260K-hf", "tinystories-656K"})
    void greedyTextsAndLastLogitsEqualTheReference(String name) {
        JsonNode expected = Json.read(SharedData.path("models/" + name + "/expected.json"));
        try (Decoder decoder = decoder(name, Dtype.FLOAT32)) {
            for (JsonNode of : expected.get("generation")) {
                int[] prompt = Json.ints(of.get("prompt_ids"));
                int[] greedy = Json.ints(of.get("greedy_ids"));
                Reference.assertClose(
                        "last_logits",
                        ReferenceModelTest.lastLogits(decoder, prompt),
                        Json.floats(of.get("last_logits")),
                        LOGITS);
                int[] text = Arrays.copyOf(prompt, prompt.length + greedy.length);
                for (int n = prompt.length; n < text.length; n++) {
                    float[] logits = ReferenceModelTest.lastLogits(decoder, Arrays.copyOf(text, n));
                    text[n] = ReferenceModelTest.greatest(logits);
                }
                assertThat(Arrays.copyOfRange(text, prompt.length, text.length))
                        .containsExactly(greedy);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stories260K-hf", "tinystories-656K"})
    void theLossOfEveryTokenEqualsTheReference(String name) {
        JsonNode expected = Json.read(SharedData.path("models/" + name + "/expected.json"));
        double sum = 0;
        int tokens = 0;
        try (Decoder decoder = decoder(name, Dtype.FLOAT32)) {
            for (JsonNode of : expected.get("nll")) {
                PaddedRows text = PaddedRows.text(Json.ints(of.get("ids")));
                try (var _ = Scope.open("text")) {
                    float[] losses =
                            text.logProbs(
                                            Tape.off(),
                                            decoder,
                                            decoder.hidden(Tape.off(), text.batch()))
                                    .data()
                                    .times(-1)
                                    .floats();
                    Reference.assertClose(
                            "token_nll", losses, Json.floats(of.get("token_nll")), LOSS);
                    for (float loss : losses) {
                        sum += loss;
                    }
                    tokens += losses.length;
                }
            }
        }
        assertThat(tokens).isEqualTo(expected.get("corpus_tokens").intValue());
        assertThat(sum / tokens)
                .isCloseTo(expected.get("corpus_mean_nll").doubleValue(), within(1e-6));
    }

    /// Shards are the same numbers. float16 has 11 bits and bfloat16 8: stored so, weights are off
    /// by up to 1/4096 and 1/512 of themselves, and logits of up to 30 by that over all layers. The
    /// losses of other programs with such files move by 1e-4 and 2.5e-4.
    @ParameterizedTest
    @CsvSource({
        "stories260K-sharded, stories260K-hf, 0, 0",
        "stories260K-f16, stories260K-hf, 0.05, 3e-4",
        "tinystories-656K-bf16, tinystories-656K, 0.15, 1e-3"
    })
    void variantsEqualTheirOriginalWithinTheirPrecision(
            String name, String original, double logits, double loss) {
        JsonNode expected = Json.read(SharedData.path("models/" + original + "/expected.json"));
        PaddedRows text = PaddedRows.text(Json.ints(expected.get("nll").get(0).get("ids")));
        try (Decoder one = decoder("variants/" + name, Dtype.FLOAT32);
                Decoder other = decoder(original, Dtype.FLOAT32)) {
            Reference.assertClose("logits", text.logits(one), text.logits(other), logits);
            assertThat(text.loss(one)).isCloseTo(text.loss(other), within(loss));
        }
    }

    @Test
    void aPickleIsRefusedWithTheWayToConvertIt() {
        Path folder = SharedData.path("models/variants/stories260K-pickle");
        assertThatThrownBy(() -> Decoder.load(folder, Dtype.FLOAT32, Device.CPU).close())
                .hasMessageContaining("The weights are Python pickles (pytorch_model.bin)")
                .hasMessageContaining("expected safetensors")
                .hasMessageContaining("fix  ");
    }

    private static Decoder decoder(String name, Dtype dtype) {
        return Decoder.load(SharedData.path("models/" + name), dtype, Device.CPU);
    }
}
