package dev.attune.text;

import tools.jackson.databind.JsonNode;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Messages, and whatever else the chat template reads: `tools`, `documents`, `enable_thinking` ...
///
/// Immutable; the nodes must not be changed.
public record Conversation(List<Message> messages, Map<String, JsonNode> variables) {
    /// Copies both.
    public Conversation {
        messages = List.copyOf(messages);
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /// Messages alone.
    public static Conversation of(Message... messages) {
        return new Conversation(List.of(messages), Map.of());
    }
}
