package dev.attune.data;

import dev.attune.text.Message;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes prompts with one answer, a judged one, or two.
final class PairWriter {
    private final Example example;
    private final ShapeChanges changes;
    private final ExampleTurns turns;

    PairWriter(Example example, ShapeChanges changes, ExampleTurns turns) {
        this.example = example;
        this.changes = changes;
        this.turns = turns;
    }

    Optional<ObjectNode> promptCompletion() {
        return turns.pair().map(row -> pair(row.prompt(), row.completion()));
    }

    Optional<ObjectNode> promptOnly() {
        return switch (example) {
            case PromptOnly row -> Optional.of(prompt(row.prompt()));
            case ConversationExample row when RowMeaning.learnsNothing(row) ->
                    Optional.of(prompt(new Part.Turns(row.conversation().messages())));
            case ConversationExample _, PromptCompletion _, Segments _ ->
                    turns.pair()
                            .map(row -> {
                                changes.loses("the answer", ExampleTurns.shown(row.completion()));
                                return prompt(row.prompt());
                            });
            case Preference row -> {
                changes.loses("the answers", "chosen = " + ExampleTurns.shown(row.chosen()));
                yield Optional.of(prompt(row.prompt()));
            }
            case Feedback row -> {
                changes.loses("the answer", ExampleTurns.shown(row.completion()));
                changes.loses("the label", "label = " + row.label());
                yield Optional.of(prompt(row.prompt()));
            }
            case Stepwise row -> {
                changes.loses("the steps and their labels", "labels = " + row.labels());
                yield Optional.of(prompt(new Part.Text(row.prompt())));
            }
            case PlainText _ -> changes.cannot("running text has no prompt", "text");
        };
    }

    Optional<ObjectNode> preference() {
        return two().map(row -> {
            ObjectNode written = prompt(row.prompt());
            written.set("chosen", node(row.chosen()));
            written.set("rejected", node(row.rejected()));
            return written;
        });
    }

    Optional<ObjectNode> openAiPreference() {
        return two().map(row -> {
            ObjectNode written = JsonNodeFactory.instance.objectNode();
            written.putObject("input")
                    .set("messages", ExampleTurns.array(turned(row.prompt(), "user")));
            written.set("preferred_output", ExampleTurns.array(turned(row.chosen(), "assistant")));
            written.set(
                    "non_preferred_output",
                    ExampleTurns.array(turned(row.rejected(), "assistant")));
            return written;
        });
    }

    Optional<ObjectNode> alpacaPreference() {
        return two().flatMap(row ->
                new AlpacaWriter(changes)
                        .preference(
                                turned(row.prompt(), "user"),
                                turned(row.chosen(), "assistant"),
                                turned(row.rejected(), "assistant")));
    }

    Optional<ObjectNode> shareGptPreference() {
        return two().flatMap(this::shareGptPreference);
    }

    private Optional<ObjectNode> shareGptPreference(Preference row) {
        ShareGptWriter writer = new ShareGptWriter(changes);
        var prompt = writer.turns(turned(row.prompt(), "user"), "conversations");
        var chosen = writer.turns(turned(row.chosen(), "assistant"), "chosen");
        var rejected = writer.turns(turned(row.rejected(), "assistant"), "rejected");
        if (prompt.isEmpty() || chosen.isEmpty() || rejected.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode written = JsonNodeFactory.instance.objectNode();
        written.set("conversations", prompt.get());
        written.set("chosen", single(chosen.get()));
        written.set("rejected", single(rejected.get()));
        return Optional.of(written);
    }

    /// An answer of one turn is that turn, as other readers of this shape expect.
    private static JsonNode single(JsonNode list) {
        return list.size() == 1 ? list.path(0) : list;
    }

    /// One row; of a preference two, if both answers are to be judged.
    List<ObjectNode> feedback() {
        return judged().stream()
                .map(row -> pair(row.prompt(), row.completion()).put("label", row.label()))
                .toList();
    }

    /// The same with messages of which the last is judged.
    List<ObjectNode> messagesFeedback() {
        if (example instanceof Segments) {
            changes.cannot("the text of segments is not cut into turns", "segments");
            return List.of();
        }
        List<ObjectNode> rows = new ArrayList<>();
        for (Feedback row : judged()) {
            List<Message> answer = turned(row.completion(), "assistant");
            if (answer.size() > 1) {
                changes.cannot(
                        "a label judges the last message alone",
                        "the answer has %d messages".formatted(answer.size()));
                return List.of();
            }
            List<Message> all = new ArrayList<>(turned(row.prompt(), "user"));
            all.addAll(answer);
            ObjectNode written = JsonNodeFactory.instance.objectNode();
            written.set("messages", ExampleTurns.array(all));
            rows.add(written.put("label", row.label()));
        }
        return rows;
    }

    private List<Feedback> judged() {
        return switch (example) {
            case Feedback row -> List.of(row);
            case Preference row -> {
                changes.loses(
                        "which two answers belong together",
                        "chosen = " + ExampleTurns.shown(row.chosen()));
                yield List.of(
                        judged(row.prompt(), row.chosen(), true),
                        judged(row.prompt(), row.rejected(), false));
            }
            case PlainText _ -> {
                changes.cannot("running text has no prompt", "text");
                yield List.of();
            }
            case ConversationExample _, PromptCompletion _, PromptOnly _, Stepwise _, Segments _ ->
                    turns.pair()
                            .map(row -> {
                                changes.alters("label = true is added: each answer counts as good");
                                return List.of(judged(row.prompt(), row.completion(), true));
                            })
                            .orElse(List.of());
        };
    }

    private Feedback judged(Part prompt, Part answer, boolean label) {
        return new Feedback(example.origin(), prompt, answer, label, example.columns());
    }

    private Optional<Preference> two() {
        return example instanceof Preference row
                ? Optional.of(row)
                : changes.cannot("there are no two answers to one prompt", "");
    }

    private List<Message> turned(Part part, String role) {
        return ExampleTurns.turned(part, role, changes);
    }

    private static ObjectNode prompt(Part prompt) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.set("prompt", node(prompt));
        return row;
    }

    private static ObjectNode pair(Part prompt, Part completion) {
        ObjectNode row = prompt(prompt);
        row.set("completion", node(completion));
        return row;
    }

    private static JsonNode node(Part part) {
        return switch (part) {
            case Part.Text(String text) -> JsonNodeFactory.instance.stringNode(text);
            case Part.Turns(List<Message> turns) -> ExampleTurns.array(turns);
        };
    }
}
