package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.List;

/// The first and the last state of reference training runs: what ten steps of an optimizer lie
/// between.
class ReferenceTrainingStateTest {
    @ParameterizedTest
    @CsvSource({
        "train-llama-lora-all, llama, 1",
        "train-llama-lora-all-accum2, llama, 2",
        "train-llama-lora-qv, llama, 1",
        "train-llama-lora-head-pattern, llama, 1",
        "train-llama-rslora, llama, 1",
        "train-llama-dora, llama, 1",
        "train-qwen2-lora-all, qwen2, 1",
        "train-qwen2-lora-all-accum2, qwen2, 2",
        "train-qwen2-lora-qv, qwen2, 1",
        "train-qwen2-rslora, qwen2, 1",
        "train-qwen2-dora, qwen2, 1",
        "train-gemma2-lora-all, gemma2, 1",
        "train-gpt2-lora, gpt2, 1"
    })
    void adaptersBeginAndEndWhereTheReferenceDoes(String name, String base, int microBatches) {
        try (Reference expected = expected(name);
                Decoder decoder = decoder("reference/" + base)) {
            PaddedRows rows = new PaddedRows(expected);
            try (Adapter adapter = Adapter.load(folder(name).resolve("adapter_init"), decoder)) {
                adapter.attach();
                assertLogits(rows, decoder, expected, "initial_logits");
                List<Parameter> training = adapter.train();
                assertFirstStep(rows, decoder, expected, microBatches);
                expected.assertGradients("grad_step1.", training, ReferenceModelTest.GRADIENTS);
            }
            try (Adapter adapter = Adapter.load(folder(name).resolve("adapter_final"), decoder)) {
                adapter.attach();
                assertLogits(rows, decoder, expected, "final_logits");
                assertLogits(rows, decoder, expected, "merged_logits");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "train-llama-full, llama, 1",
        "train-llama-full-accum2, llama, 2",
        "train-qwen2-full, qwen2, 1"
    })
    void wholeModelsBeginAndEndWhereTheReferenceDoes(String name, String base, int microBatches) {
        try (Reference expected = expected(name);
                Decoder start = decoder("reference/" + base);
                Decoder end = decoder("reference/" + name + "/final")) {
            PaddedRows rows = new PaddedRows(expected);
            assertLogits(rows, start, expected, "initial_logits");
            start.parameters().forEach(p -> p.train(true));
            assertFirstStep(rows, start, expected, microBatches);
            List<Parameter> listed =
                    start.parameters().stream()
                            .filter(p -> expected.has("grad_step1." + p.name()))
                            .toList();
            expected.assertGradients("grad_step1.", listed, ReferenceModelTest.GRADIENTS);
            assertLogits(rows, end, expected, "final_logits");
        }
    }

    /// The loss of the first step, and its gradients before clipping: micro-batches are rows of
    /// equal number, and each token counts one over all labels.
    private static void assertFirstStep(
            PaddedRows rows, Decoder decoder, Reference expected, int microBatches) {
        int height = 4 / microBatches;
        double labels = rows.labels();
        double loss = 0;
        for (int i = 0; i < microBatches; i++) {
            PaddedRows part = rows.rows(i * height, (i + 1) * height);
            try (var _ = Scope.open("micro-batch");
                    Tape tape = Tape.recording()) {
                loss += part.backward(tape, decoder, decoder.hidden(tape, part.batch()), labels);
            }
        }
        assertThat(loss).isCloseTo(expected.number("loss", 0), within(5e-5));
    }

    private static void assertLogits(
            PaddedRows rows, Decoder decoder, Reference expected, String name) {
        // PEFT's merged logits differ from its own by up to 6e-5 after training.
        double tolerance = name.equals("merged_logits") ? 2e-4 : ReferenceModelTest.LOGITS;
        Reference.assertClose(
                name, rows.logits(decoder), rows.kept(expected.floats(name)), tolerance);
    }

    private static Decoder decoder(String path) {
        return Decoder.load(SharedData.path(path), Dtype.FLOAT32, Device.CPU);
    }

    private static Path folder(String name) {
        return SharedData.path("reference/" + name);
    }

    private static Reference expected(String name) {
        return new Reference(folder(name).resolve("expected.safetensors"));
    }
}
