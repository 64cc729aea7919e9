package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tensor.Dtype;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;

/// Adapters merged by us against the logits of the same adapters merged by PEFT.
@ExtendWith(LeakCheck.class)
class ReferenceMergeTest {
    /// The reference's own tolerance; the worst found is 1.7e-5.
    private static final double LOGITS = 1e-4;

    @TempDir private Path folder = Path.of("");

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
    void logitsOfMergedWeightsEqualPeftsMerge(String name, String base) {
        compare(name, name, base);
    }

    @ParameterizedTest
    @CsvSource({
        "train-gemma2-lora-all, gemma2",
        "train-gpt2-lora, gpt2",
        "train-llama-dora, llama",
        "train-llama-lora-all, llama",
        "train-llama-lora-head-pattern, llama",
        "train-llama-rslora, llama",
        "train-qwen2-dora, qwen2",
        "train-qwen2-rslora, qwen2"
    })
    void logitsOfMergedTrainedWeightsEqualPeftsMerge(String name, String base) {
        compare(name, name + "/adapter_final", base);
    }

    private void compare(String name, String adapter, String base) {
        Path target = folder.resolve("merged");
        ExportReport report =
                new ModelExport()
                        .export(
                                ExportRequest.merged(path(base), path(adapter), target),
                                ExportProgress.none());
        assertThat(report.untied()).isFalse();
        try (Tensors expected = new Tensors(name)) {
            double largest =
                    Tensors.largest(expected.logits(target), expected.kept("merged_logits"));
            assertThat(largest).as("greatest difference").isLessThan(LOGITS);
        }
    }

    /// Rounding every merged weight to eight bits moves these logits by 0.1 to 0.3; a merge that
    /// forgets the adapter misses by 5 to 12.
    @ParameterizedTest
    @CsvSource({
        "adapter-gemma2, gemma2",
        "adapter-gemma2-dora, gemma2",
        "adapter-gpt2, gpt2",
        "adapter-llama-embed, llama",
        "adapter-mixtral, mixtral",
        "adapter-phi3, phi3",
        "adapter-qwen3, qwen3",
        "adapter-llama-bias-lora-only, llama-bias",
        "train-llama-lora-head-pattern/adapter_final, llama"
    })
    void aBfloat16BaseIsMergedInFloat32AndRoundedOnce(String name, String base) {
        Path half = folder.resolve("half");
        Path target = folder.resolve("merged");
        ExportOptions typed = ExportOptions.usual().typed(Dtype.BFLOAT16);
        new ModelExport()
                .export(ExportRequest.model(path(base), half).with(typed), ExportProgress.none());
        ExportReport report =
                new ModelExport()
                        .export(
                                ExportRequest.merged(half, path(name), target),
                                ExportProgress.none());
        assertThat(report.check().isSmall()).isTrue();
        try (Tensors texts = new Tensors(base)) {
            float[] merged = texts.logits(target);
            double rounding = Tensors.largest(merged, texts.logits(half, path(name)));
            double effect = Tensors.largest(merged, texts.logits(half));
            assertThat(rounding).isLessThan(effect / 10);
        }
    }

    private static Path path(String name) {
        return SharedData.path("reference/" + name);
    }
}
