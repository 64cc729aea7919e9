package dev.attune.data;

import tools.jackson.databind.JsonNode;

import java.util.Map;

/// Running text, all of which is learned.
public record PlainText(Origin origin, String text, Map<String, JsonNode> columns)
        implements Example {
    /// Copies the columns.
    public PlainText {
        columns = Example.copied(columns);
    }
}
