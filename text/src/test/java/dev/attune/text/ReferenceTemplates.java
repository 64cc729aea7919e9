package dev.attune.text;

import dev.attune.testkit.SharedData;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The real templates of the reference data, and the conversations they were rendered with.
final class ReferenceTemplates {
    private final Path folder = SharedData.path("chat-templates");
    private final Map<String, ObjectNode> conversations = new LinkedHashMap<>();

    ReferenceTemplates() {
        read(folder.resolve("conversations.json"))
                .forEach(each -> {
                    ObjectNode data = each.asObject().deepCopy();
                    conversations.put(data.remove("id").stringValue(), data);
                });
    }

    /// One template with its expected renderings.
    ///
    /// @param cases a case each: `conversation`, and `rendered` or `error`
    record Reference(ChatTemplate template, Map<String, JsonNode> specialTokens, JsonNode cases) {}

    /// All of them, by name.
    List<Reference> all() {
        try (Stream<Path> files = Files.list(folder.resolve("rendered"))) {
            return files.sorted().map(this::reference).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Reference reference(Path file) {
        JsonNode reference = read(file);
        Map<String, JsonNode> tokens = new LinkedHashMap<>();
        reference
                .get("special_tokens")
                .properties()
                .forEach(e -> tokens.put(e.getKey(), e.getValue()));
        return new Reference(
                template(reference.get("template").stringValue()), tokens, reference.get("cases"));
    }

    /// One template.
    ChatTemplate template(String name) {
        try {
            return ChatTemplate.parse(
                    name, Files.readString(folder.resolve("templates/" + name + ".jinja")));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// The names of the conversations.
    List<String> conversations() {
        return List.copyOf(conversations.keySet());
    }

    /// A conversation, with special tokens among its variables.
    Conversation conversation(String id, Map<String, JsonNode> specialTokens) {
        ObjectNode known = conversations.get(id);
        if (known == null) {
            throw new IllegalArgumentException(id);
        }
        ObjectNode data = known.deepCopy();
        specialTokens.forEach(data::set);
        return Conversations.of(data);
    }

    private static JsonNode read(Path file) {
        try {
            return Conversations.JSON.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
