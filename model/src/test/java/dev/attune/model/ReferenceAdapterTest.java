package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.TokenLogProbs;
import dev.attune.tensor.Value;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Adapters in PEFT's own files against what PEFT computes with them.
class ReferenceAdapterTest {
    @ParameterizedTest
    @CsvSource({
        "adapter-gemma2, gemma2",
        "adapter-gemma2-dora, gemma2",
        "adapter-gpt2, gpt2",
        "adapter-llama-bias-lora-only, llama-bias",
        "adapter-llama-embed, llama",
        "adapter-llama-layers-regex, llama",
        "adapter-llama-layers-transform, llama",
        "adapter-mixtral, mixtral",
        "adapter-phi3, phi3",
        "adapter-qwen3, qwen3"
    })
    void logitsLossesAndGradientsEqualTheReference(String name, String base) {
        Path folder = SharedData.path("reference/" + name);
        try (Reference expected = new Reference(folder.resolve("expected.safetensors"));
                Decoder decoder =
                        Decoder.load(
                                SharedData.path("reference/" + base), Dtype.FLOAT32, Device.CPU);
                Adapter adapter = Adapter.load(folder, decoder);
                var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            adapter.attach();
            List<Parameter> training = adapter.train();
            PaddedRows rows = new PaddedRows(expected);
            Value hidden = decoder.hidden(tape, rows.batch());
            Reference.assertClose(
                    "logits",
                    decoder.head().logits(hidden.data()).floats(),
                    rows.kept(expected.floats("logits")),
                    ReferenceModelTest.LOGITS);
            Value logProbs =
                    TokenLogProbs.apply(
                            tape,
                            hidden,
                            decoder.head(),
                            new TokenLogProbs.Labels(
                                    Tensor.indices(rows.labelledRows(), Device.CPU),
                                    Tensor.indices(rows.targets(), Device.CPU)));
            long count = logProbs.data().elements();
            assertThat(-logProbs.data().sum().item() / count)
                    .isCloseTo(expected.floats("loss")[0], offset());
            tape.backward(logProbs, Tensor.full(-1.0 / count, Dtype.FLOAT32, Device.CPU, count));
            checkGradients(training, expected);
        }
    }

    private static org.assertj.core.data.Offset<Double> offset() {
        return org.assertj.core.data.Offset.offset(ReferenceModelTest.LOSS);
    }

    private static void checkGradients(List<Parameter> training, Reference expected) {
        List<String> compared = new ArrayList<>();
        for (Parameter parameter : training) {
            String name = referenceName(parameter.name());
            Reference.assertClose(
                    "gradient of " + parameter.name(),
                    parameter.gradient().orElseThrow().floats(),
                    expected.floats(name),
                    ReferenceModelTest.GRADIENTS);
            compared.add(name);
        }
        assertThat(compared)
                .containsExactlyInAnyOrderElementsOf(
                        expected.names().stream().filter(n -> n.startsWith("grad.")).toList());
    }

    /// The reference names a gradient after PEFT's parameter, which has the adapter's name in it.
    private static String referenceName(String name) {
        if (!name.startsWith("base_model.")) {
            return "grad.base_model.model." + name.replace(".bias", ".base_layer.bias");
        }
        if (name.contains("lora_embedding")) {
            return "grad." + name + ".default";
        }
        if (name.endsWith("lora_magnitude_vector")) {
            return "grad." + name + ".default.weight";
        }
        return "grad." + name.replace(".weight", ".default.weight");
    }

    @ParameterizedTest
    @CsvSource({"adapter-llama-embed, llama", "adapter-gemma2-dora, gemma2"})
    void aDetachedAdapterLeavesTheBaseAsItWas(String name, String base) {
        Path folder = SharedData.path("reference/" + base);
        try (Reference expected = new Reference(folder.resolve("expected.safetensors"));
                Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU);
                Adapter adapter = Adapter.load(SharedData.path("reference/" + name), decoder);
                var _ = Scope.open("test")) {
            adapter.attach();
            adapter.detach();
            PaddedRows rows = new PaddedRows(expected);
            Value hidden = decoder.hidden(Tape.off(), rows.batch());
            Reference.assertClose(
                    "logits",
                    decoder.head().logits(hidden.data()).floats(),
                    rows.kept(expected.floats("logits")),
                    ReferenceModelTest.LOGITS);
        }
    }
}
