package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// Renderings of real templates against those of jinja2 in the environment of transformers.
class ChatTemplateParityTest {
    private final List<String> differences = new ArrayList<>();
    private int cases;

    @Test
    void everyTemplateRendersEveryConversationAsJinja2Does() throws IOException {
        Path folder = SharedData.path("chat-templates");
        Map<String, JsonNode> conversations = new HashMap<>();
        read(folder.resolve("conversations.json"))
                .forEach(each -> conversations.put(each.get("id").stringValue(), each));
        List<Path> files;
        try (Stream<Path> all = Files.list(folder.resolve("rendered"))) {
            files = all.sorted().toList();
        }
        for (Path file : files) {
            JsonNode reference = read(file);
            String name = reference.get("template").stringValue();
            String source = Files.readString(folder.resolve("templates/" + name + ".jinja"));
            for (JsonNode expected : reference.get("cases")) {
                String id = expected.get("conversation").stringValue();
                ObjectNode data =
                        conversations
                                .getOrDefault(id, MissingNode.getInstance())
                                .asObject()
                                .deepCopy();
                data.remove("id");
                reference
                        .get("special_tokens")
                        .properties()
                        .forEach(e -> data.set(e.getKey(), e.getValue()));
                check(
                        name + " " + id,
                        source,
                        data,
                        expected.path("rendered"),
                        expected.path("generation_spans"),
                        expected.path("error"));
            }
        }
        assertThat(differences).isEmpty();
        assertThat(cases).isEqualTo(98 * 20);
    }

    @Test
    void furtherCasesRenderOrRaiseAsJinja2Does() throws IOException {
        JsonNode all;
        try (InputStream in =
                new GZIPInputStream(
                        Files.newInputStream(
                                SharedData.path("chat-templates/cases-more.json.gz")))) {
            all = Conversations.JSON.readTree(in);
        }
        for (JsonNode each : all) {
            check(
                    each.get("name").stringValue(),
                    each.get("template").stringValue(),
                    each.get("data"),
                    each.get("oracle"),
                    MissingNode.getInstance(),
                    each.path("oracle_err"));
        }
        assertThat(differences).isEmpty();
        assertThat(cases).isEqualTo(602);
    }

    @Test
    void endToEndCasesRenderAsUpstreamExpects() throws IOException {
        for (JsonNode each : read(SharedData.path("chat-templates/huggingface-js-e2e.json"))) {
            check(
                    each.get("name").stringValue(),
                    each.get("chat_template").stringValue(),
                    each.get("data"),
                    each.get("expected"),
                    MissingNode.getInstance(),
                    MissingNode.getInstance());
        }
        assertThat(differences).isEmpty();
        assertThat(cases).isEqualTo(35);
    }

    @Test
    void llamaCppsTemplatesRenderAsJinja2Does() throws IOException {
        for (JsonNode each : read(SharedData.path("chat-templates/llamacpp-builtin.json"))) {
            check(
                    each.get("name").stringValue(),
                    each.get("chat_template").stringValue(),
                    each.get("data"),
                    each.path("jinja2"),
                    MissingNode.getInstance(),
                    MissingNode.getInstance());
        }
        assertThat(differences).isEmpty();
        assertThat(cases).isEqualTo(23);
    }

    private void check(
            String name,
            String source,
            JsonNode data,
            JsonNode expected,
            JsonNode spans,
            JsonNode error) {
        cases++;
        String actual;
        try {
            Rendered rendered =
                    ChatTemplate.parse(name, source)
                            .render(
                                    Conversations.of(data),
                                    RenderSettings.of(Map.of(), Conversations.CLOCK));
            actual = rendered.text();
            if (spans.isArray()) {
                String got =
                        Span.inCodePoints(actual, rendered.generations()).stream()
                                .map(s -> "[" + s.from() + "," + s.to() + "]")
                                .toList()
                                .toString();
                String want = spans.valueStream().map(JsonNode::toString).toList().toString();
                if (!got.equals(want)) {
                    differences.add(name + ": spans " + got + " expected " + want);
                }
            }
        } catch (AttuneException e) {
            if (e.getMessage() != null && error.isString()) {
                String message = error.stringValue().replaceFirst("^\\w+: ", "");
                if (!e.getMessage().contains(message)) {
                    differences.add(name + " says\n  " + e.getMessage() + "\n not " + error);
                }
            }
            if (expected.isString()) {
                differences.add(
                        name
                                + ": "
                                + e.getMessage()
                                + "\n expected "
                                + shortened(expected.toString()));
            }
            return;
        } catch (RuntimeException e) {
            java.io.StringWriter w = new java.io.StringWriter();
            e.printStackTrace(new java.io.PrintWriter(w));
            differences.add(name + ": " + shortened(w.toString()));
            return;
        }
        if (!expected.isString()) {
            differences.add(name + ": rendered " + shortened(actual) + "\n expected an error");
        } else if (!actual.equals(expected.stringValue())) {
            differences.add(
                    name
                            + ":\n  is "
                            + around(actual, expected.stringValue())
                            + "\n  expected "
                            + around(expected.stringValue(), actual));
        }
    }

    private static String around(String text, String other) {
        int i = 0;
        while (i < Math.min(text.length(), other.length()) && text.charAt(i) == other.charAt(i)) {
            i++;
        }
        return text.substring(Math.max(0, i - 30), Math.min(text.length(), i + 60))
                .replace("\n", "\\n");
    }

    private static String shortened(String text) {
        return text.length() > 300 ? text.substring(0, 300) : text;
    }

    private static JsonNode read(Path file) throws IOException {
        return Conversations.JSON.readTree(Files.readString(file));
    }
}
