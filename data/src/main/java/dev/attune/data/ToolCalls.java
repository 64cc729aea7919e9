package dev.attune.data;

import tools.jackson.databind.JsonNode;

/// The arguments of tool calls, which OpenAI writes as JSON in a text and others as an object.
final class ToolCalls {
    private ToolCalls() {}

    /// Arguments as an object where they are the text of one.
    static JsonNode parsed(JsonNode arguments) {
        if (!arguments.isString()) {
            return arguments;
        }
        try {
            JsonNode parsed = RowJson.parse(arguments.stringValue());
            return parsed.isObject() ? parsed : arguments;
        } catch (RowJson.BadJson _) {
            return arguments;
        }
    }
}
