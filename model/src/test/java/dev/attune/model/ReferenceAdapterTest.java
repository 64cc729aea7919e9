package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Value;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
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
        try (Reference expected = expected(name);
                Decoder decoder = base(base);
                Adapter adapter = Adapter.load(folder(name), decoder)) {
            adapter.attach();
            List<Parameter> training = train(adapter, decoder, expected);
            expected.assertGradients("grad.", training, ReferenceModelTest.GRADIENTS);
        }
    }

    private static List<Parameter> train(Adapter adapter, Decoder decoder, Reference expected) {
        try (var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            List<Parameter> training = adapter.train();
            PaddedRows rows = new PaddedRows(expected);
            Value hidden = decoder.hidden(tape, rows.batch());
            float[] logits = decoder.head().logits(hidden.data()).floats();
            double tolerance = ReferenceModelTest.LOGITS;
            Reference.assertClose(
                    "logits", logits, rows.kept(expected.floats("logits")), tolerance);
            // Merged weights give the same up to rounding: PEFT's own two differ by up to 4e-5.
            Reference.assertClose(
                    "merged_logits",
                    logits,
                    rows.kept(expected.floats("merged_logits")),
                    2 * tolerance);
            assertThat(rows.backward(tape, decoder, hidden))
                    .isCloseTo(expected.floats("loss")[0], within(ReferenceModelTest.LOSS));
            return training;
        }
    }

    @ParameterizedTest
    @CsvSource({"adapter-llama-embed, llama", "adapter-gemma2-dora, gemma2"})
    void aDetachedAdapterLeavesTheBaseAsItWas(String name, String base) {
        try (Reference expected = expected(base);
                Decoder decoder = base(base);
                Adapter adapter = Adapter.load(folder(name), decoder)) {
            PaddedRows rows = new PaddedRows(expected);
            float[] before = rows.logits(decoder);
            adapter.attach();
            assertThat(rows.logits(decoder)).isNotEqualTo(before);
            adapter.detach();
            assertThat(rows.logits(decoder)).isEqualTo(before);
        }
    }

    private static Path folder(String name) {
        return SharedData.path("reference/" + name);
    }

    private static Reference expected(String name) {
        return new Reference(folder(name).resolve("expected.safetensors"));
    }

    private static Decoder base(String name) {
        return Decoder.load(folder(name), Dtype.FLOAT32, Device.CPU);
    }
}
