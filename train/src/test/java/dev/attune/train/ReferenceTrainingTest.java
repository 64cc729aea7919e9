package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.format.SafetensorsFile;
import dev.attune.model.Adapter;
import dev.attune.model.Decoder;
import dev.attune.tensor.AdamW;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Optimizer;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;
import dev.attune.text.TokenSequence;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Ten steps of supervised tuning beside those of PEFT and torch: every loss, every gradient norm,
/// and the weights at the end.
@ExtendWith(LeakCheck.class)
class ReferenceTrainingTest {
    /// Twice what another order of sums moves; the reference's README measures both.
    private static final double LOSS = 5e-5;

    private static final double NORM = 2e-4;

    /// Adam divides by tiny second moments, so that single weights wander.
    private static final double WEIGHT = 1e-3;

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
    void adaptersTrainAsPeftTrainsThem(String name, String base, int microBatches) {
        Path folder = SharedData.path("reference/" + name);
        try (ReferenceRun run = new ReferenceRun(folder.resolve("expected.safetensors"));
                Decoder decoder = decoder(base);
                var _ = Scope.open("test");
                Adapter adapter = Adapter.load(folder.resolve("adapter_init"), decoder)) {
            adapter.attach();
            train(run, decoder, adapter.train(), microBatches);
            assertWeights(
                    folder.resolve("adapter_final/adapter_model.safetensors"),
                    adapter.parameters());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "train-llama-full, llama, 1",
        "train-llama-full-accum2, llama, 2",
        "train-qwen2-full, qwen2, 1"
    })
    void wholeModelsTrainAsTorchTrainsThem(String name, String base, int microBatches) {
        Path folder = SharedData.path("reference/" + name);
        try (ReferenceRun run = new ReferenceRun(folder.resolve("expected.safetensors"));
                Decoder decoder = decoder(base);
                var _ = Scope.open("test")) {
            decoder.parameters().forEach(parameter -> parameter.train(true));
            train(run, decoder, decoder.parameters(), microBatches);
            assertWeights(folder.resolve("final/model.safetensors"), decoder.parameters());
        }
    }

    private static Decoder decoder(String base) {
        return Decoder.load(SharedData.path("reference/" + base), Dtype.FLOAT32, Device.CPU);
    }

    private static void train(
            ReferenceRun run, Decoder decoder, List<Parameter> parameters, int microBatches) {
        List<MicroBatch> batches = run.batches(microBatches);
        try (Optimizer optimizer = new Optimizer(AdamW.DEFAULTS, WeightDecay.groups(parameters))) {
            TrainingStep step =
                    new TrainingStep(new TokenLoss(decoder), parameters, optimizer, 1.0);
            for (int i = 0; i < 10; i++) {
                TrainingStep.Outcome outcome = step.run(batches, run.number("learning_rate", i), i);
                assertThat(outcome.loss())
                        .as("loss of step " + (i + 1))
                        .isCloseTo(run.number("loss", i), within(LOSS));
                double norm = run.number("grad_norm", i);
                assertThat(outcome.gradNorm())
                        .as("gradient norm of step " + (i + 1))
                        .isCloseTo(norm, within(NORM * norm));
            }
        }
    }

    private static void assertWeights(Path expected, List<Parameter> parameters) {
        try (SafetensorsFile file = SafetensorsFile.open(expected)) {
            List<String> compared = new ArrayList<>();
            for (Parameter parameter : parameters) {
                float[] found = parameter.data().floats();
                float[] wanted = ReferenceRun.floats(file, parameter.name());
                assertThat(found).as(parameter.name()).hasSameSizeAs(wanted);
                for (int i = 0; i < found.length; i++) {
                    assertThat((double) found[i])
                            .as(parameter.name() + " at " + i)
                            .isCloseTo(wanted[i], within(WEIGHT));
                }
                compared.add(parameter.name());
            }
            assertThat(compared).containsExactlyInAnyOrderElementsOf(file.tensors().keySet());
        }
    }

    /// The batch and the numbers of a reference run.
    private static final class ReferenceRun implements AutoCloseable {
        private static final int ROWS = 4;

        private final SafetensorsFile file;

        ReferenceRun(Path path) {
            file = SafetensorsFile.open(path);
        }

        static float[] floats(SafetensorsFile file, String name) {
            var entry = file.tensors().get(name);
            if (entry == null) {
                throw new AssertionError("the reference has no " + name);
            }
            var bytes = file.bytes(entry);
            float[] values = new float[(int) (bytes.byteSize() / 4)];
            for (int i = 0; i < values.length; i++) {
                values[i] = bytes.get(java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
            }
            return values;
        }

        private long whole(String name, int index) {
            var entry = file.tensors().get(name);
            return file.bytes(java.util.Objects.requireNonNull(entry))
                    .get(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, 8L * index);
        }

        double number(String name, int index) {
            return Double.longBitsToDouble(whole(name, index));
        }

        List<MicroBatch> batches(int count) {
            int width = file.tensors().get("input_ids") == null ? 0 : 20;
            List<TokenSequence> rows = new ArrayList<>();
            for (int row = 0; row < ROWS; row++) {
                int length = 0;
                while (length < width && whole("attention_mask", row * width + length) == 1) {
                    length++;
                }
                int[] ids = new int[length];
                BitSet trained = new BitSet();
                for (int i = 0; i < length; i++) {
                    ids[i] = (int) whole("input_ids", row * width + i);
                    trained.set(i, whole("labels", row * width + i) >= 0);
                }
                rows.add(new TokenSequence(ids, trained));
            }
            int height = ROWS / count;
            List<MicroBatch> batches = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                batches.add(MicroBatch.of(rows.subList(i * height, (i + 1) * height)));
            }
            return batches;
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
