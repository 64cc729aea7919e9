package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

@ExtendWith(LeakCheck.class)
class OllamaFilesTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 7, 10, 12, 0);

    @TempDir private Path folder;

    @Test
    void tellsTemplateStopsSamplingAndLicence() throws IOException {
        Path model =
                model(
                        "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end_story|>"
                                + "{% endfor %}<|assistant|>");
        Files.writeString(model.resolve("LICENSE"), "Free.\n");
        Files.writeString(model.resolve("generation_config.json"), "{\"temperature\": 0.7}");

        GgufReport report = export(model);

        assertThat(report.notes()).isEmpty();
        assertThat(Files.readString(report.folder().resolve("Modelfile")))
                .startsWith("FROM ./model-q8_0.gguf\nTEMPLATE \"\"\"{{ range .Messages }}")
                .contains("{{ if eq .Role \"user\" }}<|user|>{{ .Content }}{{ end }}")
                .contains("PARAMETER stop \"<|end_story|>\"\n")
                .contains("PARAMETER temperature 0.7\n")
                .endsWith("LICENSE \"\"\"Free.\n\"\"\"\n");
        assertThat(Files.readString(report.folder().resolve("README.md")))
                .contains("ollama create out -f Modelfile\nollama run out\n");
    }

    @Test
    void saysSoWhereTheTemplateCannotBeTold() throws IOException {
        Path model = model("{{ raise_exception('no') }}");

        GgufReport report = export(model);

        assertThat(report.notes().toString()).contains("cannot be told in Ollama's language");
        assertThat(Files.readString(report.folder().resolve("Modelfile")))
                .doesNotContain("TEMPLATE");
    }

    private Path model(String template) throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        try (Stream<Path> files = Files.list(SharedData.path("models/tinystories-656K"))) {
            List<Path> kept = files.filter(f -> !f.endsWith("generation_config.json")).toList();
            for (Path file : kept) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        Files.writeString(model.resolve("chat_template.jinja"), template);
        return model;
    }

    private GgufReport export(Path model) {
        GgufRequest request =
                GgufRequest.of(model, Optional.empty(), folder.resolve("out"), GgufQuant.Q8_0)
                        .forOllama();
        return new GgufExport(NOW, 1).export(request, ExportProgress.none());
    }
}
