package dev.attune.data;

import tools.jackson.databind.JsonNode;

import java.util.Map;

/// A prompt, and the completion that is learned; both are text, or both are messages.
public record PromptCompletion(
        Origin origin, Part prompt, Part completion, Map<String, JsonNode> columns)
        implements Example {
    /// Copies the columns.
    public PromptCompletion {
        columns = Example.copied(columns);
    }
}
