package dev.attune.cli;

import dev.attune.data.ConversationExample;
import dev.attune.data.Example;
import dev.attune.data.ExampleStream;
import dev.attune.text.Conversation;
import dev.attune.text.Message;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A held-out conversation of the sample data: what the model is asked, and the answer that a
/// person of GreenLeaf Support would give.
///
/// @param asked all messages before the last answer
/// @param answer the last answer
record HeldOutRow(Conversation asked, String answer) {
    private static final JsonMapper MAPPER = new JsonMapper();

    /// The rows of a file that end with an answer.
    static List<HeldOutRow> read(Path file) {
        List<HeldOutRow> rows = new ArrayList<>();
        try (ExampleStream examples = ExampleStream.open(List.of(file))) {
            for (Optional<Example> next = examples.next();
                    next.isPresent();
                    next = examples.next()) {
                if (next.get() instanceof ConversationExample row) {
                    List<Message> messages = row.conversation().messages();
                    Message last = messages.getLast();
                    if (last.role().equals("assistant")) {
                        rows.add(
                                new HeldOutRow(
                                        new Conversation(
                                                messages.subList(0, messages.size() - 1),
                                                row.conversation().variables()),
                                        content(last)));
                    }
                }
            }
            examples.faults().throwIfAny("Cannot read " + file);
        }
        return rows;
    }

    /// What was asked last.
    String question() {
        return content(asked.messages().getLast());
    }

    /// Whether an answer ends with the very label of the right one.
    boolean hasLabelOf(String other) {
        Optional<JsonNode> mine = label(answer);
        return mine.isPresent() && mine.equals(label(other));
    }

    private static Optional<JsonNode> label(String text) {
        String line = text.strip();
        line = line.substring(line.lastIndexOf('\n') + 1).strip();
        try {
            JsonNode label = MAPPER.readTree(line);
            return Optional.of(label).filter(JsonNode::isObject);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static String content(Message message) {
        return message.fields().path("content").stringValue("");
    }
}
