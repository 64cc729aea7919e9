package dev.attune.data;

import tools.jackson.databind.JsonNode;

import java.util.Map;

/// A prompt and one answer that was found good (`label` true) or bad; both are text, or both are
/// messages.
public record Feedback(
        Origin origin, Part prompt, Part completion, boolean label, Map<String, JsonNode> columns)
        implements Example {
    /// Copies the columns.
    public Feedback {
        columns = Example.copied(columns);
    }
}
