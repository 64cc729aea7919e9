package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.TokenLogProbs;
import dev.attune.tensor.Value;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.params.ParameterizedTest;
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
    @ValueSource(
            strings = {
                "llama",
                "llama-tied",
                "llama-bias",
                "llama31-rope",
                "llama-linear-rope",
                "llama-dynamic-rope",
                "llama-yarn-rope",
                "llama-bf16-sharded",
                "mistral",
                "qwen2",
                "qwen3",
                "qwen3-moe",
                "gemma",
                "gemma2",
                "gemma3",
                "phi3",
                "phi3-longrope",
                "gpt2",
                "gpt-neox",
                "olmo2",
                "starcoder2",
                "mixtral",
                "cohere",
                "cohere-qknorm",
                "granite"
            })
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
            checkLosses(decoder, tape, hidden, rows, expected);
            checkGradients(decoder, grads);
        }
    }

    private static void checkLosses(
            Decoder decoder, Tape tape, Value hidden, PaddedRows rows, Reference expected) {
        Tensor positions = Tensor.indices(rows.labelledRows(), Device.CPU);
        Tensor targets = Tensor.indices(rows.targets(), Device.CPU);
        Value logProbs =
                TokenLogProbs.apply(
                        tape, hidden, decoder.head(), new TokenLogProbs.Labels(positions, targets));
        float[] losses = logProbs.data().times(-1).floats();
        Reference.assertClose(
                "per_token_loss",
                losses,
                rows.labelledLosses(expected.floats("per_token_loss")),
                LOGITS);
        double mean = -logProbs.data().sum().item() / losses.length;
        assertThat(Math.abs(mean - expected.floats("loss")[0])).isLessThan(LOSS);
        tape.backward(
                logProbs,
                Tensor.full(-1.0 / losses.length, Dtype.FLOAT32, Device.CPU, losses.length));
    }

    private static void checkGradients(Decoder decoder, Reference grads) {
        List<String> compared = new ArrayList<>();
        for (Parameter parameter : decoder.parameters()) {
            float[] expected = grads.floats(parameter.name());
            float[] found =
                    parameter
                            .gradient()
                            .map(Tensor::floats)
                            .orElseGet(() -> new float[expected.length]);
            Reference.assertClose("gradient of " + parameter.name(), found, expected, GRADIENTS);
            compared.add(parameter.name());
        }
        assertThat(compared).containsExactlyInAnyOrderElementsOf(grads.names());
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
    @ValueSource(strings = {"llama", "gemma2", "qwen3-moe", "gpt2", "llama-dynamic-rope"})
    void greedyTokensOfAFullPassEachStepEqualTheReference(String name) {
        Path folder = SharedData.path("reference/" + name);
        try (Reference expected = new Reference(folder.resolve("expected.safetensors"));
                Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU)) {
            int[] want = expected.ints("gen.output_ids");
            int prompt = expected.shape("gen.prompt_ids")[1];
            int[] ids = Arrays.copyOf(want, want.length);
            for (int n = prompt; n < want.length; n++) {
                try (var _ = Scope.open("step")) {
                    Value hidden =
                            decoder.hidden(
                                    Tape.off(),
                                    Batch.of(
                                            Arrays.copyOf(ids, n),
                                            Documents.ofLengths(n),
                                            Device.CPU));
                    Tensor last = hidden.data().narrow(0, n - 1L, 1);
                    ids[n] = (int) decoder.head().logits(last).argmax().longs()[0];
                }
            }
            assertThat(ids).containsExactly(want);
        }
    }
}
