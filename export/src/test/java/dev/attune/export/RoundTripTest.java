package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.format.Checkpoint;
import dev.attune.format.TensorSpec;
import dev.attune.tensor.Dtype;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;

/// A model folder that is written again is the same model.
@ExtendWith(LeakCheck.class)
class RoundTripTest {
    @TempDir private Path folder = Path.of("");

    @ParameterizedTest
    @MethodSource("dev.attune.testkit.ReferenceModels#names")
    void everyFamilyIsWrittenAgainWithTheSameWeightsAndLogits(String name) {
        Path base = SharedData.path("reference/" + name);
        Path target = folder.resolve("copy");
        ExportReport report = export(base, target, ExportOptions.usual().shards(100_000));
        assertThat(report.check().largest()).isZero();
        assertThat(target.resolve("config.json"))
                .hasSameBinaryContentAs(base.resolve("config.json"));
        try (Checkpoint mine = Checkpoint.open(target);
                Checkpoint theirs = Checkpoint.open(base)) {
            assertThat(mine.specs()).containsExactlyInAnyOrderElementsOf(theirs.specs());
            for (TensorSpec spec : theirs.specs()) {
                assertThat(mine.bytes(spec.name()).mismatch(theirs.bytes(spec.name())))
                        .as(spec.name())
                        .isEqualTo(-1);
            }
        }
        try (Tensors texts = new Tensors(name)) {
            assertThat(texts.logits(target)).isEqualTo(texts.logits(base));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.attune.testkit.ReferenceModels#names")
    void everyFamilyLoadsInBfloat16(String name) {
        Path base = SharedData.path("reference/" + name);
        Path target = folder.resolve("half");
        ExportReport report = export(base, target, ExportOptions.usual().typed(Dtype.BFLOAT16));
        assertThat(report.check().isSmall()).isTrue();
        assertThat(target.resolve("config.json"))
                .content()
                .contains("\"torch_dtype\": \"bfloat16\"");
        try (Checkpoint mine = Checkpoint.open(target)) {
            assertThat(mine.specs()).allMatch(s -> s.dtype().name().equals("BF16"));
        }
    }

    @Test
    void aSmallShardSizeMakesShardsWithAnIndex() {
        Path target = folder.resolve("copy");
        ExportReport report =
                export(
                        SharedData.path("reference/llama"),
                        target,
                        ExportOptions.usual().shards(100_000));
        assertThat(report.files())
                .contains("model.safetensors.index.json", "model-00001-of-00005.safetensors")
                .doesNotContain("model.safetensors");
        assertThat(report.bytes()).isGreaterThan(300_000);
        assertThat(Files.exists(target.resolve("README.md"))).isTrue();
    }

    private static ExportReport export(Path base, Path target, ExportOptions options) {
        return new ModelExport()
                .export(ExportRequest.model(base, target).with(options), ExportProgress.none());
    }
}
