package dev.attune.data;

import dev.attune.text.Conversation;

import tools.jackson.databind.JsonNode;

import java.util.Map;

/// A conversation, of which the assistant's messages are learned unless a message says otherwise by
/// its own `weight` or `train`.
///
/// Each message keeps every key it came with; `tools` and all other columns are the conversation's
/// variables.
public record ConversationExample(Origin origin, Conversation conversation) implements Example {
    /// The conversation's variables.
    @Override
    public Map<String, JsonNode> columns() {
        return conversation.variables();
    }
}
