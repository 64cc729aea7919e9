package dev.attune.data;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.Optional;

/// Writes what no template touches: running text, segments, steps.
final class TextWriter {
    private static final String BY_TEMPLATE =
            "the text of turns is not known before a model's chat template writes it";

    private final Example example;
    private final ShapeChanges changes;
    private final ExampleTurns turns;
    private final EndOfText end;

    TextWriter(Example example, ShapeChanges changes, ExampleTurns turns, EndOfText end) {
        this.example = example;
        this.changes = changes;
        this.turns = turns;
        this.end = end;
    }

    Optional<ObjectNode> text() {
        return switch (example) {
            case PlainText row -> text(row.text());
            case Segments row -> {
                String text = end.cut(row, changes);
                if (row.segments().stream().anyMatch(s -> !s.learned() && !s.text().isEmpty())) {
                    changes.loses(
                            "which parts are learned",
                            "%d of %d segments are"
                                    .formatted(
                                            row.segments().stream()
                                                    .filter(Segments.Segment::learned)
                                                    .count(),
                                            row.segments().size()));
                }
                yield text(text);
            }
            case PromptCompletion _,
                    ConversationExample _,
                    Preference _,
                    Feedback _,
                    Stepwise _,
                    PromptOnly _ ->
                    plainPair().flatMap(this::text);
        };
    }

    private Optional<ObjectNode> text(Plain row) {
        if (!row.prompt.isEmpty()) {
            changes.loses("where the prompt ends", "prompt = " + Quoted.of(row.prompt));
        }
        return text(row.prompt + row.completion);
    }

    Optional<ObjectNode> segments() {
        return switch (example) {
            case Segments row -> Optional.of(segments(row));
            case PlainText row -> Optional.of(ended("", row.text()));
            case PromptCompletion _,
                    ConversationExample _,
                    Preference _,
                    Feedback _,
                    Stepwise _,
                    PromptOnly _ ->
                    plainPair().map(row -> ended(row.prompt, row.completion));
        };
    }

    private record Plain(String prompt, String completion) {}

    /// A prompt and a completion of text; turns are not known as text.
    private Optional<Plain> plainPair() {
        if (example instanceof ConversationExample) {
            return changes.cannot(BY_TEMPLATE, "");
        }
        return turns.pair()
                .flatMap(row ->
                        row.prompt() instanceof Part.Text(String prompt)
                                        && row.completion() instanceof Part.Text(String completion)
                                ? Optional.of(new Plain(prompt, completion))
                                : changes.cannot(BY_TEMPLATE, ""));
    }

    Optional<ObjectNode> stepwise() {
        if (!(example instanceof Stepwise row)) {
            return changes.cannot("there are no steps with labels", "");
        }
        ObjectNode written = JsonNodeFactory.instance.objectNode().put("prompt", row.prompt());
        ArrayNode steps = written.putArray("completions");
        row.steps().forEach(steps::add);
        ArrayNode labels = written.putArray("labels");
        row.labels().forEach(labels::add);
        return Optional.of(written);
    }

    private static Optional<ObjectNode> text(String text) {
        return Optional.of(JsonNodeFactory.instance.objectNode().put("text", text));
    }

    private static ObjectNode segments(Segments row) {
        ObjectNode written = JsonNodeFactory.instance.objectNode();
        ArrayNode list = written.putArray("segments");
        row.segments().forEach(piece -> add(list, piece.text(), piece.learned()));
        return written;
    }

    private ObjectNode ended(String prompt, String learned) {
        ObjectNode written = JsonNodeFactory.instance.objectNode();
        ArrayNode list = written.putArray("segments");
        if (!prompt.isEmpty()) {
            add(list, prompt, false);
        }
        if (!learned.isEmpty() || list.isEmpty()) {
            add(list, learned, true);
        }
        end.append(list, learned, changes);
        return written;
    }

    private static void add(ArrayNode list, String text, boolean learned) {
        list.addObject().put("text", text).put("label", learned);
    }
}
