package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class ModelfileTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                " blanks around ",
                "one \"quoted\" word",
                "\"quoted\"",
                "\"",
                "ends with \"",
                "two\nlines",
                "\nstarts and ends with a line\n",
                "a \"\nb",
                "three \"\"\" in a line",
                "three at the end \"\"\"",
                "back\\nslash \\\"",
                "Gr\u00fc\u00dfe \u65e5\u672c \ud83d\ude00 <\uff5cUser\uff5c>",
                "tab\tand\r\nreturn",
                "# no comment\nFROM nowhere",
            })
    void ollamaReadsTheTextThatWasWritten(String text) {
        Modelfile file = new Modelfile("./m.gguf");
        file.text("SYSTEM", text);
        file.number("temperature", "0.5");

        assertThat(file.lost()).isEmpty();
        assertThat(read(file.content()))
                .containsExactly("FROM ./m.gguf", "SYSTEM " + text, "PARAMETER temperature 0.5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a line that ends with \"\"\"\nand another",
                "family \ud83d\udc69\u200d\ud83d\udc69",
                "hard\u00a0blank",
                "form\ffeed",
                ""
            })
    void namesWhatNoModelfileCanHold(String text) {
        Modelfile file = new Modelfile("./m.gguf");
        file.text("SYSTEM", text);

        assertThat(file.lost()).containsExactly("SYSTEM");
        assertThat(read(file.content())).containsExactly("FROM ./m.gguf");
    }

    @Test
    void parametersAreThoseOfTheModel() throws IOException {
        Files.writeString(
                folder.resolve("generation_config.json"),
                """
                {"do_sample": true, "temperature": 0.7, "top_p": 0.8, "top_k": 20,
                 "repetition_penalty": 1.05, "eos_token_id": 2}
                """);
        Files.writeString(folder.resolve("config.json"), "{\"max_position_embeddings\": 131072}");

        assertThat(OllamaSampling.of(folder))
                .containsExactly(
                        Map.entry("temperature", "0.7"),
                        Map.entry("top_p", "0.8"),
                        Map.entry("top_k", "20"),
                        Map.entry("repeat_penalty", "1.05"),
                        Map.entry("num_ctx", "8192"));
    }

    @Test
    void aModelThatDoesNotSampleIsGreedyInOllama() throws IOException {
        Files.writeString(
                folder.resolve("generation_config.json"),
                "{\"do_sample\": false, \"temperature\": 0.7}");
        Files.writeString(folder.resolve("config.json"), "{\"n_positions\": 512}");

        assertThat(OllamaSampling.of(folder))
                .containsExactly(Map.entry("temperature", "0"), Map.entry("num_ctx", "512"));
    }

    @Test
    void theLicenceIsThatOfTheFileOrElseOfTheCard() throws IOException {
        Files.writeString(folder.resolve("README.md"), "---\nlicense: apache-2.0\n---\n");
        assertThat(ModelLicense.textOf(folder)).contains("apache-2.0");
        Files.writeString(folder.resolve("LICENSE.txt"), "Page one.\fPage two.\n");
        assertThat(ModelLicense.textOf(folder)).contains("Page one. Page two.\n");
    }

    /// The commands as Ollama reads them: a value begins behind the blank and ends at the first
    /// line that closes its quotes; what cannot be seen is dropped.
    private static List<String> read(String content) {
        List<String> commands = new ArrayList<>();
        StringBuilder open = new StringBuilder();
        for (String line : content.split("(?<=\n)", -1)) {
            if (line.isEmpty()) {
                continue;
            }
            open.append(line);
            String text = open.toString();
            int blank = text.startsWith("PARAMETER") ? text.indexOf(' ', 10) : text.indexOf(' ');
            String value = text.substring(blank + 1).strip();
            String quotes =
                    value.startsWith("\"\"\"") ? "\"\"\"" : value.startsWith("\"") ? "\"" : "";
            if (value.length() >= 2 * quotes.length() && value.endsWith(quotes)) {
                String inner = value.substring(quotes.length(), value.length() - quotes.length());
                commands.add(text.substring(0, blank + 1) + inner);
                open.setLength(0);
            }
        }
        assertThat(open.toString()).as("never closed").isEmpty();
        return commands;
    }
}
