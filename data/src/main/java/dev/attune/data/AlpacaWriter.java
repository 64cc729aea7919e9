package dev.attune.data;

import dev.attune.text.Message;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;

/// Writes turns as Alpaca's `instruction`, `input` and `output` with `system` and `history`.
///
/// `input` stays empty: where the instruction ends and its input begins is no part of an example.
final class AlpacaWriter {
    private static final String EXPECTED =
            "Alpaca knows a system prompt, then user and assistant in turns";

    private final ShapeChanges changes;

    AlpacaWriter(ShapeChanges changes) {
        this.changes = changes;
    }

    /// A conversation that ends with an answer.
    Optional<ObjectNode> row(List<Message> turns) {
        int last = turns.size() - 1;
        if (!turns.getLast().role().equals("assistant") || last < 1) {
            return changes.cannot(
                    EXPECTED, ExampleTurns.place(last) + ".role = " + turns.getLast().role());
        }
        return prompt(turns.subList(0, last), Optional.of(turns.get(last)));
    }

    /// A pair of answers.
    Optional<ObjectNode> preference(List<Message> prompt, List<Message> one, List<Message> other) {
        if (one.size() > 1 || other.size() > 1) {
            return changes.cannot(
                    "Alpaca knows answers of one turn",
                    "chosen has %d turns, rejected %d".formatted(one.size(), other.size()));
        }
        for (Message answer : List.of(one.getFirst(), other.getFirst())) {
            if (!answer.role().equals("assistant")) {
                return changes.cannot(
                        "Alpaca knows answers of the assistant", "role = " + answer.role());
            }
        }
        return prompt(prompt, Optional.empty())
                .map(row -> {
                    row.put("chosen", MessageText.only(one.getFirst(), "chosen[0]", changes));
                    row.put("rejected", MessageText.only(other.getFirst(), "rejected[0]", changes));
                    return row;
                });
    }

    private Optional<ObjectNode> prompt(List<Message> turns, Optional<Message> answer) {
        int first = turns.getFirst().role().equals("system") ? 1 : 0;
        if ((turns.size() - first) % 2 == 0) {
            return changes.cannot(EXPECTED, turns.size() + " turns before the answer");
        }
        for (int i = first; i < turns.size(); i++) {
            if (!turns.get(i).role().equals((i - first) % 2 == 0 ? "user" : "assistant")) {
                return changes.cannot(
                        EXPECTED, ExampleTurns.place(i) + ".role = " + turns.get(i).role());
            }
        }
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.put("instruction", text(turns, turns.size() - 1)).put("input", "");
        answer.ifPresent(message ->
                row.put(
                        "output",
                        MessageText.only(message, ExampleTurns.place(turns.size()), changes)));
        if (first == 1) {
            system(row, text(turns, 0));
        }
        if (turns.size() - first > 1) {
            history(row.putArray("history"), turns, first);
        }
        return Optional.of(row);
    }

    private void system(ObjectNode row, String system) {
        if (system.isBlank()) {
            changes.loses("that there is a system message, but a blank one", "messages[0]");
        } else {
            row.put("system", system);
        }
    }

    private void history(ArrayNode history, List<Message> turns, int first) {
        for (int i = first; i < turns.size() - 1; i += 2) {
            history.addArray().add(text(turns, i)).add(text(turns, i + 1));
        }
    }

    private String text(List<Message> turns, int index) {
        return MessageText.only(turns.get(index), ExampleTurns.place(index), changes);
    }
}
