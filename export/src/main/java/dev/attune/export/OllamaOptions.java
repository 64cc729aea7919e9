package dev.attune.export;

import dev.attune.text.Conversation;
import dev.attune.text.Message;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What of the user's own an export for Ollama looks at.
///
/// @param rows conversations that the chat template is tried on
/// @param system the system message that Ollama gives the model; if empty, the one that all rows
///   begin with, if there is one
public record OllamaOptions(List<Row> rows, Optional<String> system) {
    /// A conversation of the user's data.
    ///
    /// @param where its file and line
    public record Row(String where, Conversation conversation) {}

    /// Copies the list.
    public OllamaOptions {
        rows = List.copyOf(rows);
    }

    /// No rows, no system message.
    public static OllamaOptions none() {
        return new OllamaOptions(List.of(), Optional.empty());
    }

    /// The system message of the Modelfile.
    Optional<String> systemMessage() {
        if (system.isPresent() || rows.isEmpty()) {
            return system.filter(text -> !text.isEmpty());
        }
        Set<String> seen = new HashSet<>();
        for (Row row : rows) {
            Message first = row.conversation().messages().getFirst();
            seen.add(
                    first.role().equals("system")
                            ? first.fields().path("content").asString("")
                            : "");
        }
        return seen.size() == 1
                ? seen.stream().findFirst().filter(text -> !text.isEmpty())
                : Optional.empty();
    }
}
