package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class OllamaTemplateTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 7, 10, 12, 0);

    /// The renderings are those of Ollama's own template of that name.
    @ParameterizedTest
    @CsvSource({"chatml, 1", "zephyr, 2", "llama3-instruct, -1", "phi-3, -1"})
    void rendersWhatOllamaRendersForTheSameShape(String name, int index) throws IOException {
        OllamaTemplate made = made(jinja(name, index)).orElseThrow();
        Path folder = SharedData.path("chat-templates/ollama");
        JsonNode cases =
                new JsonMapper()
                        .readTree(folder.resolve("conversations.json").toFile())
                        .path("cases");

        for (Map.Entry<String, JsonNode> each : cases.properties()) {
            List<Message> messages = new ArrayList<>();
            each.getValue()
                    .forEach(m ->
                            messages.add(
                                    Message.of(
                                            m.path("role").asString(),
                                            m.path("content").asString())));
            Path expected = folder.resolve("testdata/" + name + ".gotmpl/" + each.getKey());
            assertThat(made.render(new Conversation(messages, Map.of())).strip())
                    .as("%s of %s", each.getKey(), name)
                    .isEqualTo(Files.readString(expected).strip());
        }
    }

    @Test
    void tellsChatMlInGosLanguage() throws IOException {
        assertThat(made(jinja("chatml", 1)).orElseThrow().source())
                .isEqualTo(
                        """
                        {{ range .Messages }}{{ if eq .Role "system" }}<|im_start|>system
                        {{ .Content }}<|im_end|>
                        {{ end }}{{ if eq .Role "user" }}<|im_start|>user
                        {{ .Content }}{{ end }}{{ if eq .Role "assistant" }}<|im_end|>
                        <|im_start|>assistant
                        {{ .Content }}<|im_end|>
                        {{ end }}{{ end }}<|im_end|>
                        <|im_start|>assistant
                        """);
    }

    @Test
    void tellsADefaultSystemMessage() {
        String qwen =
                "{% if messages[0].role != 'system' %}<s>system\nBe kind.</s>{% endif %}"
                        + "{% for m in messages %}<s>{{ m.role }}\n{{ m.content }}</s>{% endfor %}"
                        + "{% if add_generation_prompt %}<s>assistant\n{% endif %}";

        assertThat(made(qwen).orElseThrow().source())
                .startsWith(
                        "<s>system\n{{ if not .System }}Be kind.{{ end }}{{ range .Messages }}");
    }

    @Test
    void saysNothingOfAShapeThatItCannotTell() {
        String mistral =
                "{% for m in messages %}{% if m.role == 'user' %}"
                        + "{% if loop.last %}[INST] {{ messages[0].content }} {% endif %}"
                        + "{{ m.content }} [/INST]{% else %}{{ m.content }}{% endif %}{% endfor %}";

        assertThat(made(mistral)).isEmpty();
        assertThat(made("{{ raise_exception('no') }}")).isEmpty();
    }

    private static Optional<OllamaTemplate> made(String jinja) {
        ChatTemplate template = ChatTemplate.parse("test", jinja);
        RenderSettings settings =
                RenderSettings.of(Map.of("bos_token", "<s>", "eos_token", "</s>"), NOW);
        return OllamaTemplate.of(
                conversation ->
                        template.render(conversation, settings.withGenerationPrompt(true)).text(),
                Optional.empty());
    }

    private static String jinja(String name, int index) throws IOException {
        if (index >= 0) {
            return new JsonMapper()
                    .readTree(SharedData.path("chat-templates/ollama/index.json").toFile())
                    .path(index)
                    .path("template")
                    .asString();
        }
        return name.equals("phi-3")
                ? "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endfor %}"
                        + "<|assistant|>\n"
                : "{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
                        + "{{ m.content }}<|eot_id|>{% endfor %}"
                        + "<|start_header_id|>assistant<|end_header_id|>\n\n";
    }
}
