package dev.attune.data;

import dev.attune.base.AttuneException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Writes an example in another shape, and says what is lost by it.
///
/// Columns that are no part of the shape go along. What is written is read back: a row that is not
/// found to lose something means what it meant ([RowMeaning]), or that is told as a loss. Not
/// thread-safe; one object a row.
final class ShapeWriter {
    private static final ShapeRecogniser SHAPES = ShapeRecogniser.standard();

    /// What OpenAI's preferences hold within `input`.
    private static final List<String> OF_INPUT = List.of("tools", "parallel_tool_calls");

    private final Example example;
    private final TargetShape target;
    private final EndOfText end;
    private final ShapeChanges changes = new ShapeChanges();

    private ShapeWriter(Example example, TargetShape target, EndOfText end) {
        this.example = example;
        this.target = target;
        this.end = end;
    }

    /// A row in its new shape.
    ///
    /// @param rows usually one; none where nothing of the row fits the shape
    /// @param losses what the new rows do not say any more; empty where nothing is lost
    /// @param alterations what they say in another way
    record Written(List<ObjectNode> rows, List<ShapeChanges.Loss> losses, Set<String> alterations) {
        /// Copies the lists.
        Written {
            rows = List.copyOf(rows);
            losses = List.copyOf(losses);
            alterations = new LinkedHashSet<>(alterations);
        }

        boolean isWhole() {
            return losses.isEmpty();
        }
    }

    /// `example` in the shape `target`.
    static Written write(Example example, TargetShape target) {
        return write(example, target, EndOfText.UNKNOWN);
    }

    /// `example` in the shape `target`, where the EOS is known.
    static Written write(Example example, TargetShape target, EndOfText end) {
        return new ShapeWriter(example, target, end).written();
    }

    /// The shapes in which nothing of `example` is lost.
    static List<TargetShape> keeping(Example example, EndOfText end) {
        return Arrays.stream(TargetShape.values())
                .filter(target -> write(example, target, end).isWhole())
                .toList();
    }

    private Written written() {
        List<ObjectNode> rows = rows();
        rows.forEach(this::addColumns);
        if (changes.losses().isEmpty() && rows.size() == 1) {
            requireSame(rows.getFirst());
        }
        return new Written(rows, changes.losses(), changes.alterations());
    }

    private List<ObjectNode> rows() {
        ExampleTurns turns = new ExampleTurns(example, changes, end);
        PairWriter pairs = new PairWriter(example, changes, turns);
        TextWriter texts = new TextWriter(example, changes, turns, end);
        return switch (target) {
            case MESSAGES -> one(turns.turns().map(t -> row("messages", ExampleTurns.array(t))));
            case PROMPT_COMPLETION -> one(pairs.promptCompletion());
            case ALPACA -> one(turns.turns().flatMap(new AlpacaWriter(changes)::row));
            case SHAREGPT ->
                    one(
                            turns.turns()
                                    .flatMap(t -> new ShareGptWriter(changes).turns(t, "messages"))
                                    .map(list -> row("conversations", list)));
            case TEXT -> one(texts.text());
            case SEGMENTS -> one(texts.segments());
            case PREFERENCE -> one(pairs.preference());
            case OPENAI_PREFERENCE -> one(pairs.openAiPreference());
            case SHAREGPT_PREFERENCE -> one(pairs.shareGptPreference());
            case ALPACA_PREFERENCE -> one(pairs.alpacaPreference());
            case FEEDBACK -> pairs.feedback();
            case MESSAGES_FEEDBACK -> pairs.messagesFeedback();
            case STEPWISE -> one(texts.stepwise());
            case PROMPT_ONLY -> one(pairs.promptOnly());
        };
    }

    private static List<ObjectNode> one(Optional<ObjectNode> row) {
        return row.map(List::of).orElse(List.of());
    }

    private static ObjectNode row(String key, JsonNode value) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.set(key, value);
        return row;
    }

    private void addColumns(ObjectNode row) {
        for (Map.Entry<String, JsonNode> column : example.columns().entrySet()) {
            String name = column.getKey();
            boolean ofInput = target == TargetShape.OPENAI_PREFERENCE && OF_INPUT.contains(name);
            if (ofInput && row.path("input") instanceof ObjectNode input) {
                input.set(name, column.getValue());
            } else if (target.keys().contains(name)) {
                losesColumn(name, column.getValue(), "which has a meaning of its own there");
            } else {
                row.set(name, column.getValue());
            }
        }
        leaveOutWhatMisleads(row);
    }

    /// A column can make a row look like one of another shape: `label` beside prompt and
    /// completion.
    private void leaveOutWhatMisleads(ObjectNode row) {
        Optional<RowShape> read = read(row);
        while (read.isPresent() && !read.get().equals(target.shape())) {
            String title = read.get().title();
            List<String> misleading =
                    read.get().keys().stream()
                            .filter(key -> row.has(key) && !target.keys().contains(key))
                            .toList();
            misleading.forEach(key ->
                    losesColumn(
                            key, row.path(key), "with which the row would be read as " + title));
            row.remove(misleading);
            read = misleading.isEmpty() ? Optional.empty() : read(row);
        }
    }

    private void losesColumn(String name, JsonNode value, String why) {
        String key = Quoted.plain(name);
        changes.loses("the column `%s`, %s".formatted(key, why), key, value);
    }

    private static Optional<RowShape> read(ObjectNode row) {
        try {
            return Optional.of(SHAPES.recognise(row).shape());
        } catch (AttuneException _) {
            return Optional.empty();
        }
    }

    private void requireSame(ObjectNode row) {
        Example back;
        try {
            back = SHAPES.recognise(row).shape().example(row, example.origin());
        } catch (AttuneException e) {
            changes.loses("the whole row: written so, it cannot be read", e.what());
            return;
        }
        Example meant = changes.turned() ? RowMeaning.turned(example, end) : example;
        RowMeaning before = RowMeaning.of(meant, end);
        RowMeaning after = RowMeaning.of(RowMeaning.unjudged(back, example), end);
        if (!before.columns().equals(after.columns())) {
            changes.loses("columns, of which others are read back", example.columns().toString());
        } else if (!before.what().equals(after.what())) {
            changes.loses("what the row means: read back, it says something else", row.toString());
        }
    }
}
