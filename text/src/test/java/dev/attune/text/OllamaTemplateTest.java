package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

class OllamaTemplateTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 7, 10, 12, 0);

    /// The renderings are those of Ollama's own template of that name.
    @ParameterizedTest
    @CsvSource({"chatml, 1", "zephyr, 2", "llama3-instruct, -1", "phi-3, -1"})
    void rendersWhatOllamaRendersForTheSameShape(String name, int index) throws IOException {
        OllamaTemplate made = made(jinja(name, index));
        Path folder = SharedData.path("chat-templates/ollama");
        JsonNode cases =
                Conversations.JSON.readTree(Files.readString(folder.resolve("conversations.json")));

        for (Map.Entry<String, JsonNode> each : cases.path("cases").properties()) {
            JsonNode data = Conversations.JSON.createObjectNode().set("messages", each.getValue());
            Path expected = folder.resolve("testdata/" + name + ".gotmpl/" + each.getKey());
            assertThat(made.render(Conversations.of(data)).strip())
                    .as("%s of %s", each.getKey(), name)
                    .isEqualTo(Files.readString(expected).strip());
        }
    }

    /// One real template of each shape, and of the starter's.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "axolotl__alpaca",
                "axolotl__chatml",
                "axolotl__cohere",
                "axolotl__deepseek_v2",
                "axolotl__gemma",
                "axolotl__llama3",
                "axolotl__mistral_v1",
                "axolotl__mistral_v7_tekken",
                "axolotl__phi_3",
                "axolotl__phi_4",
                "axolotl__qwen3",
                "llamacpp__google-gemma-2-2b-it",
                "llamacpp__deepseek-ai-DeepSeek-R1-Distill-Llama-8B",
                "llamacpp__Qwen-Qwen2.5-7B-Instruct",
                "llamacpp__mistralai-Mistral-Nemo-Instruct-2407",
                "llamacpp__microsoft-Phi-3.5-mini-instruct"
            })
    void tellsTheTemplatesThatPeopleUse(String name) {
        ReferenceTemplates references = new ReferenceTemplates();
        OllamaTelling told = telling(references.template(name));

        assertThat(told).as(name).isInstanceOf(OllamaTelling.Told.class);
    }

    /// Go's text, rendered, is what jinja2 renders in transformers.
    @Test
    void tellsTheTemplatesThatLlamaCppKnows() throws IOException {
        JsonNode all =
                Conversations.JSON.readTree(
                        Files.readString(SharedData.path("chat-templates/llamacpp-builtin.json")));
        for (JsonNode each : all) {
            JsonNode data = each.path("data");
            // One asks for a system message each time.
            if (!data.toString().contains("tool")
                    && !each.path("name").asString().contains("GigaChat")) {
                String name = each.path("name").asString();
                OllamaTemplate told =
                        made(
                                ChatTemplate.parse(name, each.path("chat_template").asString()),
                                data.path("bos_token").asString(""),
                                data.path("eos_token").asString(""));
                Optional<String> difference = told.difference(trimmed(Conversations.of(data)));
                if (!difference.orElse("it refuses").startsWith("it refuses")) {
                    assertThat(difference).as(name).isEmpty();
                }
            }
        }
    }

    @Test
    void tellsChatMlInGosLanguage() throws IOException {
        assertThat(made(jinja("chatml", 1)).source())
                .isEqualTo(
                        """
                        {{ range .Messages }}<|im_start|>{{ .Role }}
                        {{ .Content }}<|im_end|>
                        {{ end }}<|im_start|>assistant
                        """);
    }

    @Test
    void tellsADefaultSystemMessage() {
        String vicuna =
                "{% if messages[0].role == 'system' %}{{ messages[0].content + ' ' }}{% else %}Hi."
                    + " {% endif %}{% for m in messages %}{% if m.role == 'user' %}{{ 'USER: ' +"
                    + " m.content + ' ' }}{% elif m.role == 'assistant' %}{{ 'ASSISTANT: ' +"
                    + " m.content + eos_token }}{% endif %}{% endfor %}{% if add_generation_prompt"
                    + " %}ASSISTANT:{% endif %}";

        assertThat(made(vicuna).source())
                .isEqualTo(
                        "{{ if not .System }}Hi. {{ end }}{{ range .Messages }}{{ if eq .Role"
                                + " \"system\" }}{{ .Content }} {{ else if eq .Role \"user\""
                                + " }}USER: {{ .Content }} ASSISTANT:{{ else if eq .Role"
                                + " \"assistant\" }} {{ .Content }}</s>{{ end }}{{ end }}");
    }

    @Test
    void tellsASystemMessageInTheFirstOrLastQuestion() {
        String jinja =
                "{% for m in messages %}{% if m.role == 'user' %}[INST] {% if WHICH and"
                        + " messages[0].role == 'system' %}<<SYS>>{{ messages[0].content }}<</SYS>>"
                        + "{% endif %}{{ m.content }}[/INST]{% elif m.role == 'assistant' %}"
                        + "{{ m.content }}</s>{% endif %}{% endfor %}";

        assertThat(made(jinja.replace("WHICH", "loop.last")).source())
                .isEqualTo(
                        "{{ range $i, $_ := .Messages }}{{ if eq .Role \"user\" }}[INST] {{ if and"
                                + " $.System (eq (len (slice $.Messages $i)) 1) }}<<SYS>>{{"
                                + " $.System }}<</SYS>>{{ end }}{{ .Content }}[/INST]{{ else if eq"
                                + " .Role \"assistant\" }}{{ .Content }}</s>{{ end }}{{ end }}");
        assertThat(made(jinja.replace("WHICH", "loop.index0 <= 1")).source())
                .startsWith("{{ $system := .System }}")
                .contains(
                        "[INST] {{ if $system }}<<SYS>>{{ $system }}<</SYS>>{{ $system = \"\" }}"
                                + "{{ end }}{{ .Content }}[/INST]");
    }

    @Test
    void keepsASystemMessageThatTheTemplateRefuses() throws IOException {
        OllamaTemplate gemma = made(new ReferenceTemplates().template("axolotl__gemma").source());

        assertThat(
                        gemma.render(
                                Conversation.of(
                                        Message.of("system", "Be brief."),
                                        Message.of("user", "Hi"))))
                .isEqualTo(
                        """
                        <start_of_turn>user
                        Be brief.

                        Hi<end_of_turn>
                        <start_of_turn>model
                        """);
    }

    @Test
    void writesTheDateWhereOllamaWritesItAlike() {
        String dated = "Date: {{ strftime_now('%Y-%m-%d') }}\n";
        String turns =
                "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>";

        assertThat(made(dated + turns).source()).startsWith("Date: {{ currentDate }}\n{{ range");
        assertThat(telling(ChatTemplate.parse("x", dated.replace("%Y", "%y") + turns)))
                .isEqualTo(
                        new OllamaTelling.Untold(
                                "it writes the date in a form that Ollama cannot"));
    }

    @Test
    void writesWhatGoWouldReadOtherwise() {
        String jinja =
                "{% for m in messages %}<{ {{'{{'}}\u00a0{{ m.role }}{\"\"\"{{ m.content }}"
                        + "{% endfor %}{";

        OllamaTemplate made = made(jinja);

        assertThat(made.source())
                .isEqualTo(
                        "{{ range .Messages }}<{ {{ \"{{\" }}{{ \"\\U000000a0\" }}{{ .Role }}{{"
                            + " \"{\" }}{{ \"\\\"\\\"\\\"\" }}{{ .Content }}{{ end }}{{ \"{\" }}");
    }

    @Test
    void tellsWhereARowDiffers() throws IOException {
        OllamaTemplate gemma = made(new ReferenceTemplates().template("axolotl__gemma").source());

        assertThat(gemma.difference(talk("user", "Hi", "assistant", "Yes."))).isEmpty();
        assertThat(gemma.difference(talk("user", " Hi")))
                .contains(
                        "it writes \"<start_of_turn>user\\nHi<end_of_turn>\\n<sta\" where Ollama's"
                                + " language would give \"<start_of_turn>user\\n"
                                + " Hi<end_of_turn>\\n<st\"");
        assertThat(gemma.difference(talk("user", "Hi", "user", "Again")).orElseThrow())
                .startsWith("it refuses what Ollama would render: ");
    }

    @Test
    void saysNothingOfAShapeThatItCannotTell() {
        String counted = "{% for m in messages %}{{ loop.index }}{{ m.content }}{% endfor %}";
        String upper = "{% for m in messages %}{{ m.content | upper }}{% endfor %}";

        assertThat(telling(ChatTemplate.parse("x", counted)).toString()).contains("it writes");
        assertThat(telling(ChatTemplate.parse("x", upper)))
                .isEqualTo(
                        new OllamaTelling.Untold(
                                "it does more with messages than to put texts around"));
        assertThat(telling(ChatTemplate.parse("x", "{{ raise_exception('no') }}")))
                .isEqualTo(new OllamaTelling.Untold("it refuses a plain question"));
    }

    private static Conversation talk(String... rolesAndContents) {
        Message[] messages = new Message[rolesAndContents.length / 2];
        for (int i = 0; i < messages.length; i++) {
            messages[i] = Message.of(rolesAndContents[2 * i], rolesAndContents[2 * i + 1]);
        }
        return Conversation.of(messages);
    }

    @Test
    void neverTellsATemplateThatRendersOtherwise() {
        ReferenceTemplates references = new ReferenceTemplates();
        Map<String, String> untold = new TreeMap<>();
        int n = 0;
        for (ReferenceTemplates.Reference each : references.all()) {
            switch (telling(each.template())) {
                case OllamaTelling.Told(OllamaTemplate template) -> {
                    n++;
                    for (String id : List.of("single-user", "multi-turn", "system-user")) {
                        Conversation talk =
                                trimmed(references.conversation(id, each.specialTokens()));
                        Optional<String> difference = template.difference(talk);
                        if (!difference.orElse("it refuses").startsWith("it refuses")) {
                            assertThat(difference).as(each.template().name() + " " + id).isEmpty();
                        }
                    }
                }
                case OllamaTelling.Untold(String why) -> untold.put(each.template().name(), why);
            }
        }
        // The others write a date as Go's templates here cannot, or images.
        assertThat(untold.keySet())
                .containsExactlyInAnyOrder(
                        "axolotl__llama3_2_vision",
                        "llamacpp__ibm-granite-granite-3.3-2B-Instruct",
                        "llamacpp__meta-llama-Llama-3.2-3B-Instruct",
                        "trl__idefics3",
                        "trl__llama3_2",
                        "trl__llava_next");
        assertThat(n).isEqualTo(92);
    }

    /// Without what templates may trim, which Go's cannot.
    private static Conversation trimmed(Conversation talk) {
        return new Conversation(
                talk.messages().stream()
                        .map(m -> Message.of(m.role(), OllamaMessages.content(m).strip()))
                        .toList(),
                talk.variables());
    }

    private static OllamaTelling telling(ChatTemplate template) {
        return telling(template, "<s>", "</s>");
    }

    private static OllamaTelling telling(ChatTemplate template, String bos, String eos) {
        return OllamaTemplate.of(
                (talk, time) ->
                        template.render(
                                        talk,
                                        RenderSettings.of(
                                                        Map.of("bos_token", bos, "eos_token", eos),
                                                        time)
                                                .withGenerationPrompt(true))
                                .text(),
                Optional.of(bos).filter(token -> !token.isEmpty()),
                NOW);
    }

    private static OllamaTemplate made(String jinja) {
        return made(ChatTemplate.parse("test", jinja), "<s>", "</s>");
    }

    private static OllamaTemplate made(ChatTemplate template, String bos, String eos) {
        return switch (telling(template, bos, eos)) {
            case OllamaTelling.Told(OllamaTemplate told) -> told;
            case OllamaTelling.Untold(String why) -> fail(template.name() + ": " + why);
        };
    }

    private static String jinja(String name, int index) throws IOException {
        if (index >= 0) {
            return Conversations.JSON
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
