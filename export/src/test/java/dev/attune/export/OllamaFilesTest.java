package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;
import dev.attune.text.Conversation;
import dev.attune.text.Message;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
                .startsWith("FROM ./model-q8_0.gguf\nTEMPLATE \"{{ range .Messages }}")
                .contains("<|{{ .Role }}|>{{ .Content }}<|end_story|>{{ end }}<|assistant|>")
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

        assertThat(report.notes())
                .containsExactly(
                        "The chat template is not told in Ollama's language: it refuses a plain"
                                + " question. The Modelfile leaves it out; Ollama then runs the one"
                                + " inside the model, in versions that run Jinja.");
        assertThat(Files.readString(report.folder().resolve("Modelfile")))
                .doesNotContain("TEMPLATE");
    }

    @Test
    void triesTheTemplateOnTheRowsAndNamesTheFirstThatDiffers() throws IOException {
        Path model =
                model(
                        "{% for m in messages %}<|{{ m.role }}|>{{ m.content | trim }}"
                                + "{% endfor %}<|assistant|>");
        OllamaOptions rows =
                new OllamaOptions(
                        List.of(row("a.jsonl:1", "Hi"), row("a.jsonl:2", " Hi")), Optional.empty());

        GgufReport report = export(model, rows);

        assertThat(report.notes().toString())
                .contains(
                        "1 of 2 rows would be rendered otherwise, the first at a.jsonl:2: it writes"
                                + " \"<|user|>Hi<|assistant|>\" where Ollama's language would give"
                                + " \"<|user|> Hi<|assistant|>\"");
        assertThat(Files.readString(report.folder().resolve("Modelfile")))
                .doesNotContain("TEMPLATE");
    }

    @Test
    void givesTheSystemMessageThatAllRowsShare() throws IOException {
        Path model = model("{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}");
        OllamaOptions shared =
                new OllamaOptions(
                        List.of(row("a:1", "Be kind.", "Hi"), row("a:2", "Be kind.", "Ho")),
                        Optional.empty());
        OllamaOptions mixed =
                new OllamaOptions(
                        List.of(row("a:1", "Be kind.", "Hi"), row("a:2", "Ho")), Optional.empty());

        assertThat(Files.readString(export(model, shared).folder().resolve("Modelfile")))
                .contains("\nSYSTEM \"Be kind.\"\n");
        assertThat(mixed.systemMessage()).isEmpty();
        assertThat(new OllamaOptions(mixed.rows(), Optional.of("Own.")).systemMessage())
                .contains("Own.");
    }

    /// A question, or a system message and a question.
    private static OllamaOptions.Row row(String where, String... contents) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < contents.length; i++) {
            boolean system = i == 0 && contents.length > 1;
            messages.add(Message.of(system ? "system" : "user", contents[i]));
        }
        return new OllamaOptions.Row(where, new Conversation(messages, Map.of()));
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
        return export(model, OllamaOptions.none());
    }

    private GgufReport export(Path model, OllamaOptions options) {
        GgufRequest request =
                GgufRequest.of(model, Optional.empty(), folder.resolve("out"), GgufQuant.Q8_0)
                        .forOllama();
        return new GgufExport(NOW, 1).with(options).export(request, ExportProgress.none());
    }
}
