package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.Value;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Every family against what Hugging Face's transformers computes with the same weights.
///
/// Tolerances are those of the reference data's README, ten times what two float32 summation orders
/// differ by, and ten thousand times less than a wrong formula moves.
class ReferenceModelTest {
    static final double LOGITS = 1e-4;
    static final double LOSS = 1e-5;
    static final double GRADIENTS = 1e-4;

    @ParameterizedTest
    @MethodSource("dev.attune.testkit.ReferenceModels#names")
    void hiddenStatesLogitsLossesAndGradientsEqualTheReference(String name) {
        Path folder = SharedData.path("reference/" + name);
        try (Reference expected = new Reference(folder.resolve("expected.safetensors"));
                Reference grads = new Reference(folder.resolve("grads.safetensors"));
                Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU);
                var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            PaddedRows rows = new PaddedRows(expected);
            decoder.parameters().forEach(p -> p.train(true));
            List<float[]> states = new ArrayList<>();
            Value hidden = decoder.hidden(tape, rows.batch(), v -> states.add(v.data().floats()));
            assertThat(states).hasSize(decoder.config().numHiddenLayers() + 1);
            for (int i = 0; i < states.size(); i++) {
                String state = "hidden_states." + i;
                Reference.assertClose(
                        state, states.get(i), rows.kept(expected.floats(state)), LOGITS);
            }
            Reference.assertClose(
                    "logits",
                    decoder.head().logits(hidden.data()).floats(),
                    rows.kept(expected.floats("logits")),
                    LOGITS);
            Reference.assertClose(
                    "per_token_loss",
                    rows.logProbs(tape, decoder, hidden).data().times(-1).floats(),
                    rows.labelledLosses(expected.floats("per_token_loss")),
                    LOGITS);
            assertThat(rows.backward(tape, decoder, hidden))
                    .isCloseTo(expected.floats("loss")[0], within(LOSS));
            grads.assertGradients("", decoder.parameters(), GRADIENTS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-dynamic-rope", "phi3-longrope"})
    void aTextBelowTheOriginalLengthUsesTheShortAngles(String name) {
        Path folder = SharedData.path("reference/" + name);
        try (Reference expected = new Reference(folder.resolve("expected.safetensors"));
                Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU);
                var _ = Scope.open("test")) {
            int[] ids = expected.ints("short.input_ids");
            Value hidden =
                    decoder.hidden(
                            Tape.off(), Batch.of(ids, Documents.ofLengths(ids.length), Device.CPU));
            Reference.assertClose(
                    "short.logits",
                    decoder.head().logits(hidden.data()).floats(),
                    expected.floats("short.logits"),
                    LOGITS);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.attune.testkit.ReferenceModels#names")
    void greedyTokensOfAFullPassEachStepEqualTheReference(String name) {
        Path folder = SharedData.path("reference/" + name);
        try (Reference expected = new Reference(folder.resolve("expected.safetensors"));
                Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU)) {
            int[] want = expected.ints("gen.output_ids");
            int prompt = expected.shape("gen.prompt_ids")[1];
            float[] logits = expected.floats("gen.logits");
            int vocabulary = decoder.config().vocabSize();
            for (int n = prompt; n < want.length; n++) {
                float[] found = lastLogits(decoder, Arrays.copyOf(want, n));
                int row = (n - prompt) * vocabulary;
                Reference.assertClose(
                        "gen.logits " + n,
                        found,
                        Arrays.copyOfRange(logits, row, row + vocabulary),
                        LOGITS);
                assertThat(greatest(found)).isEqualTo(want[n]);
            }
        }
    }

    /// The logits behind the last token of a text.
    static float[] lastLogits(Decoder decoder, int... ids) {
        try (var _ = Scope.open("step")) {
            Batch batch = Batch.of(ids, Documents.ofLengths(ids.length), Device.CPU);
            Tensor hidden = decoder.hidden(Tape.off(), batch).data();
            return decoder.head().logits(hidden.narrow(0, ids.length - 1L, 1)).floats();
        }
    }

    static int greatest(float... logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }
}
