package dev.attune.data;

import tools.jackson.databind.JsonNode;

import java.util.Map;

/// A prompt without an answer, as methods that sample their own answers take it; what an answer is
/// judged by is among the columns.
public record PromptOnly(Origin origin, Part prompt, Map<String, JsonNode> columns)
        implements Example {
    /// Copies the columns.
    public PromptOnly {
        columns = Example.copied(columns);
    }
}
