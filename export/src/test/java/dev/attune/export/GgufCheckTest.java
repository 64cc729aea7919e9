package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.format.GgufFile;
import dev.attune.model.ModelFolder;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.stream.Stream;

/// Adapters that are merged on the way into a GGUF file, and how far the file is from the model.
@ExtendWith(LeakCheck.class)
class GgufCheckTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 7, 10, 12, 0);

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "adapter-qwen3, qwen3",
        "adapter-gpt2, gpt2",
        "adapter-phi3, phi3",
        "adapter-mixtral, mixtral",
        "adapter-llama-embed, llama",
        "train-llama-dora/adapter_final, llama",
        "train-qwen2-lora-all/adapter_final, qwen2"
    })
    void anAdapterIsInTheFile(String adapter, String base) {
        GgufReport report = export(adapter, base, GgufQuant.F32);

        GgufCheck check = report.check().orElseThrow();
        assertThat(check.divergence()).as("divergence from the tuned model").isLessThan(1e-6);
        assertThat(check.sameTokens()).as("same tokens").isEqualTo(1.0);
        assertThat(check.tuning().orElseThrow())
                .as("divergence of the tuned model from its base")
                .isGreaterThan(1e-4);
        assertThat(check.losesTuning()).as("a warning").isFalse();
    }

    @Test
    void roundingIsMeasuredAndNothingButTheFileIsLeft() throws IOException {
        GgufReport report = export("adapter-qwen3", "qwen3", GgufQuant.Q4_0);

        assertThat(report.check().orElseThrow().divergence())
                .as("divergence of 4 bits")
                .isBetween(1e-4, 1.0);
        try (Stream<Path> files = Files.list(report.folder())) {
            assertThat(files).as("files").containsExactly(report.file());
        }
    }

    @Test
    void tellsWhenRoundingIsLargerThanTuning() {
        float[] model = {1, 2, 3, 0, 0, 1};
        float[] near = {1, 2, 3.001f, 0, 0, 1};
        float[] far = {1, 2.5f, 3, 0, 0.5f, 1};
        double fromBase = GgufCheck.of(model, near, 3).divergence();

        assertThat(GgufCheck.of(model, far, 3).tuned(fromBase).losesTuning()).isTrue();
        assertThat(GgufCheck.of(model, near, 3).tuned(1).losesTuning()).isFalse();
        assertThat(GgufCheck.of(model, far, 3).losesTuning()).as("without tuning").isFalse();
    }

    @Test
    void tokenizerAndTemplateAreThoseBesideTheAdapter() throws IOException {
        Path model = SharedData.path("reference/qwen3");
        Path source = NumberedTokens.beside(model, 256, folder.resolve("source"));
        Path tuned =
                NumberedTokens.beside(
                        SharedData.path("reference/adapter-qwen3"), 256, folder.resolve("tuned"));
        Files.writeString(tuned.resolve("chat_template.jinja"), "{{ 'own' }}");
        GgufRequest request =
                GgufRequest.of(source, Optional.of(tuned), folder.resolve("out"), GgufQuant.F16);

        GgufReport report = new GgufExport(NOW, 2).export(request, ExportProgress.none());

        try (GgufFile file = GgufFile.open(report.file())) {
            assertThat(file.metadata().text("tokenizer.chat_template")).contains("{{ 'own' }}");
        }
    }

    private GgufReport export(String adapter, String base, GgufQuant quant) {
        Path model = SharedData.path("reference/" + base);
        int vocabSize = ModelFolder.read(model).config().vocabSize();
        Path source = NumberedTokens.beside(model, vocabSize, folder.resolve("source"));
        GgufRequest request =
                GgufRequest.of(
                                source,
                                Optional.of(SharedData.path("reference/" + adapter)),
                                folder.resolve("out"),
                                quant)
                        .checked();
        return new GgufExport(NOW, 2).export(request, ExportProgress.none());
    }
}
