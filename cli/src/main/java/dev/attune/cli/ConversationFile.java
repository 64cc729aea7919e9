package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.text.Conversation;
import dev.attune.text.Message;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A file of conversations: one JSON value, or one a line.
final class ConversationFile {
    private ConversationFile() {}

    /// A conversation and where it stands.
    record Entry(Conversation conversation, String place) {}

    /// Reads them all.
    static List<Entry> read(Path file) {
        List<Entry> entries = new ArrayList<>();
        if (file.toString().endsWith(".jsonl")) {
            new TextFile(file)
                    .eachLine(
                            (line, place) -> entries.add(entry(JsonText.read(line, place), place)));
        } else {
            String place = file.toString();
            entries.add(entry(JsonText.read(new TextFile(file).text(), place), place));
        }
        if (entries.isEmpty()) {
            throw AttuneException.user("The file holds no conversation.")
                    .at(file)
                    .fix("Write a JSON object with messages on each line.");
        }
        return entries;
    }

    private static Entry entry(JsonNode node, String place) {
        JsonNode messages = node.isArray() ? node : node.path("messages");
        if (!messages.isArray() || !messages.valueStream().allMatch(JsonNode::isObject)) {
            throw AttuneException.user(
                            "Expected an object with messages, or an array of messages; found "
                                    + shortened(node)
                                    + ".")
                    .at(place)
                    .fix(
                            "Write {\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}, and"
                                    + " several such objects a line each in a .jsonl file.");
        }
        Map<String, JsonNode> variables = new LinkedHashMap<>();
        node.properties().stream()
                .filter(field -> !field.getKey().equals("messages"))
                .forEach(field -> variables.put(field.getKey(), field.getValue()));
        try {
            List<Message> all =
                    messages.valueStream().map(each -> new Message((ObjectNode) each)).toList();
            return new Entry(new Conversation(all, variables), place);
        } catch (AttuneException e) {
            throw e.at(place);
        }
    }

    private static String shortened(JsonNode node) {
        String text = node.toString();
        return text.length() > 60 ? text.substring(0, 57) + "..." : text;
    }
}
