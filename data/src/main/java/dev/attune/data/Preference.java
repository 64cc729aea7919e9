package dev.attune.data;

import tools.jackson.databind.JsonNode;

import java.util.Map;

/// A prompt with two answers, of which one was preferred; all three are text, or all are messages.
public record Preference(
        Origin origin, Part prompt, Part chosen, Part rejected, Map<String, JsonNode> columns)
        implements Example {
    /// Copies the columns.
    public Preference {
        columns = Example.copied(columns);
    }
}
