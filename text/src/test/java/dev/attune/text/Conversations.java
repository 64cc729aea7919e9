package dev.attune.text;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reference conversations as values.
final class Conversations {
    static final JsonMapper JSON = JsonMapper.builder().build();

    /// The clock of the reference renderings.
    static final LocalDateTime CLOCK = LocalDateTime.of(2025, 7, 10, 12, 0);

    private Conversations() {}

    /// An object with `messages` and whatever else a template reads.
    static Conversation of(JsonNode data) {
        List<Message> messages = new ArrayList<>();
        Map<String, JsonNode> variables = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : data.properties()) {
            if (field.getKey().equals("messages")) {
                field.getValue()
                        .forEach(message -> messages.add(new Message((ObjectNode) message)));
            } else {
                variables.put(field.getKey(), field.getValue());
            }
        }
        return new Conversation(messages, variables);
    }
}
