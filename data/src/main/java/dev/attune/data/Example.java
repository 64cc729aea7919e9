package dev.attune.data;

import tools.jackson.databind.JsonNode;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// One row of a data set, understood: what is to be learned, and where it was written.
///
/// The kinds differ in what a method can learn from them; a switch over them needs no `default`.
/// All are immutable; the JSON nodes within must not be changed.
public sealed interface Example
        permits ConversationExample,
                PromptCompletion,
                Preference,
                Feedback,
                PlainText,
                PromptOnly,
                Stepwise,
                Segments {
    /// The file and line of the row.
    Origin origin();

    /// Every column of the row that is not part of what is learned, in the order of the file.
    Map<String, JsonNode> columns();

    /// An unmodifiable copy that keeps the order.
    static Map<String, JsonNode> copied(Map<String, JsonNode> columns) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }
}
