package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `attune model tokenize` and `attune model render` against the references, and their errors.
class ModelTextTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir private Path temp;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tokenizers/qwen2",
                "tokenizers/mistral-v3/tokenizer.model",
                "tokenizers/gguf-vocab/ggml-vocab-starcoder.gguf",
                "tokenizers/cl100k_base/cl100k_base.tiktoken",
                "models/stories260K-hf"
            })
    void tokenizesAndDecodesAsTheReferenceDoes(String model) throws IOException {
        String source = SharedData.path(model).toString();
        List<JsonNode> texts = lines(SharedData.path("tokenizers/expected/texts.jsonl"));
        List<JsonNode> expected =
                lines(SharedData.path("tokenizers/expected/" + name(model) + ".jsonl"));
        Path file = temp.resolve("texts.jsonl");
        Files.write(file, texts.stream().map(each -> each.get("text").toString()).toList());
        Ran ran = Ran.of("model", "tokenize", source, "--file", file.toString(), "--json");
        assertThat(ran.err()).isEmpty();
        List<JsonNode> ids = ran.out().lines().map(JSON::readTree).toList();
        assertThat(ids).hasSameSizeAs(texts);
        for (int i = 0; i < ids.size(); i++) {
            assertThat(ids.get(i).get("ids"))
                    .as(expected.get(i).get("id").toString())
                    .isEqualTo(expected.get(i).get("ids"));
        }
        if (model.contains("stories")) {
            return; // It collapses spaces, and the reference records no decoded text.
        }
        Path back = temp.resolve("ids.jsonl");
        Files.writeString(back, ran.out());
        Ran decoded =
                Ran.of(
                        "model",
                        "tokenize",
                        source,
                        "--file",
                        back.toString(),
                        "--decode",
                        "--json");
        List<JsonNode> decodedTexts = decoded.out().lines().map(JSON::readTree).toList();
        for (int i = 0; i < ids.size(); i++) {
            JsonNode text = expected.get(i).path("decoded");
            assertThat(decodedTexts.get(i))
                    .isEqualTo(text.isString() ? text : texts.get(i).get("text"));
        }
    }

    private static String name(String model) {
        return model.replace("tokenizers/gguf-vocab/ggml-vocab-", "")
                .replaceFirst("^(tokenizers|models)/", "")
                .replaceFirst("/.*", "")
                .replace(".gguf", "");
    }

    @Test
    void rendersWithTheModelsTemplateItsOwnTokensAndSpansInCodePoints() throws IOException {
        JsonNode reference =
                JSON.readTree(
                        Files.readString(SharedData.path("formats/sft-examples/chat-labels.json")));
        JsonNode set = reference.get("sets").get(1);
        Path template =
                SharedData.path(
                        "chat-templates/templates/" + set.get("template").stringValue() + ".jinja");
        List<String> conversations = new ArrayList<>();
        for (JsonNode each :
                JSON.readTree(
                        Files.readString(SharedData.path("chat-templates/conversations.json")))) {
            ObjectNode data = (ObjectNode) each;
            data.put("bos_token", set.get("bos_token").stringValue());
            data.put("eos_token", set.get("eos_token").stringValue());
            conversations.add(data.toString());
        }
        Path file = temp.resolve("chats.jsonl");
        Files.write(file, conversations);
        Ran ran =
                Ran.of(
                        "model",
                        "render",
                        "--template",
                        template.toString(),
                        "--messages",
                        file.toString(),
                        "--json");
        List<JsonNode> rendered = ran.out().lines().map(JSON::readTree).toList();
        for (int i = 0; i < rendered.size(); i++) {
            JsonNode row = set.get("rows").get(i);
            assertThat(rendered.get(i).get("text")).isEqualTo(row.get("text"));
            assertThat(rendered.get(i).get("spans")).isEqualTo(row.get("spans_code_points"));
        }
        assertThat(rendered).hasSize(20);
    }

    @Test
    void aRefusedConversationGivesTheTemplatesOwnErrorAndTheOthersGoOn() throws IOException {
        Path template = temp.resolve("strict.jinja");
        Files.writeString(
                template,
                """
                {% for m in messages %}
                {% if m.role == 'critic' %}{{ raise_exception('No critics') }}{% endif %}
                {{ m.content }}{% endfor %}\
                """);
        Path file = temp.resolve("chats.jsonl");
        Files.writeString(
                file,
                """
                {"messages": [{"role": "critic", "content": "x"}]}
                {"messages": [{"role": "assistant", "content": "caf\u00e9"}]}
                """);
        Ran ran =
                Ran.of(
                        "model",
                        "render",
                        "--template",
                        template.toString(),
                        "--messages",
                        file.toString(),
                        "--json");
        assertThat(ran.exitCode()).isEqualTo(2);
        List<String> lines = ran.out().lines().toList();
        assertThat(JSON.readTree(lines.getFirst()).get("error").stringValue())
                .startsWith("The chat template refuses the conversation: No critics.")
                .contains("strict.jinja:2:");
        assertThat(lines.get(1)).isEqualTo("{\"text\":\"caf\\u00E9\",\"spans\":[[0,4]]}");
    }

    @Test
    void marksWhatIsLearnedForAPerson() throws IOException {
        Ran ran =
                Ran.of(
                        "model",
                        "render",
                        "--template",
                        template(),
                        "--messages",
                        chat(),
                        "--last-turn-only");
        assertThat(ran.out()).isEqualTo("user: Hiassistant: ⟦Yo</s>⟧\n");
    }

    @Test
    void saysWhatIsWrongWithTheInput() throws IOException {
        String model = SharedData.path("models/stories260K-hf").toString();
        assertThat(refused("model", "render", "--messages", chat()))
                .contains("Neither a MODEL nor a --template is given.");
        assertThat(refused("model", "render", "--template", template(), "--messages", "none.json"))
                .contains("The file none.json does not exist.");
        assertThat(refused("model", "render", model, "--messages", chat()))
                .contains("The model has no chat template.");
        Path bad = temp.resolve("bad.json");
        Files.writeString(bad, "{\"messages\": 7}");
        assertThat(
                        refused(
                                "model",
                                "render",
                                "--template",
                                template(),
                                "--messages",
                                bad.toString()))
                .contains("Expected an object with messages")
                .contains("at   " + bad);
        Files.writeString(bad, "{\"messages\": [{\"content\": \"x\"}]}");
        assertThat(
                        refused(
                                "model",
                                "render",
                                "--template",
                                template(),
                                "--messages",
                                bad.toString()))
                .contains("A message has no role");
        Files.writeString(bad, "{\"messages\": [");
        assertThat(
                        refused(
                                "model",
                                "render",
                                "--template",
                                template(),
                                "--messages",
                                bad.toString()))
                .contains("This is no JSON: ")
                .contains("at   " + bad + ":1");
        assertThat(refused("model", "tokenize", model, "--file", bad.toString(), "--json"))
                .contains("This is no JSON")
                .contains("at   " + bad + ":1");
        Files.writeString(bad, "\"a\"\n7\n");
        assertThat(refused("model", "tokenize", model, "--file", bad.toString(), "--json"))
                .contains("Expected a JSON string, found 7.")
                .contains("at   " + bad + ":2");
        Files.writeString(bad, "[1, \"x\"]\n");
        assertThat(
                        refused(
                                "model",
                                "tokenize",
                                model,
                                "--file",
                                bad.toString(),
                                "--json",
                                "--decode"))
                .contains("Expected token ids such as");
        Files.writeString(bad, "[99999999]\n");
        assertThat(
                        refused(
                                "model",
                                "tokenize",
                                model,
                                "--file",
                                bad.toString(),
                                "--json",
                                "--decode"))
                .contains("Token id 99999999 is not in the vocabulary")
                .contains("at   " + bad + ":1");
        Files.write(bad, "\"caf\u00e9\"".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(refused("model", "tokenize", model, "--file", bad.toString(), "--json"))
                .contains("The file is not in UTF-8.");
    }

    private String refused(String... args) {
        Ran ran = Ran.of(args);
        assertThat(ran.exitCode()).isEqualTo(2);
        return ran.err();
    }

    private String template() throws IOException {
        Path file = temp.resolve("plain.jinja");
        Files.writeString(
                file,
                "{% for m in messages %}{{ m.role }}: {{ m.content }}"
                        + "{% if m.role == 'assistant' %}</s>{% endif %}\n{% endfor %}");
        return file.toString();
    }

    private String chat() throws IOException {
        Path file = temp.resolve("chat.json");
        Files.writeString(
                file,
                "[{\"role\": \"user\", \"content\": \"Hi\"},"
                        + " {\"role\": \"assistant\", \"content\": \"Yo\"}]");
        return file.toString();
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(JSON::readTree).toList();
    }
}
