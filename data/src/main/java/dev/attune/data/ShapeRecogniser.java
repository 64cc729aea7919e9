package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Tells which shape a row has, and why; or which known shape an unknown row is nearest to.
///
/// Immutable, for any thread.
public final class ShapeRecogniser {
    /// What other tools call the same thing, with what it is called here; only used to word an
    /// error.
    private static final Map<String, Set<String>> OTHER_WORDS =
            Map.ofEntries(
                    Map.entry("conversation", Set.of("messages")),
                    Map.entry("chat", Set.of("messages")),
                    Map.entry("dialogue", Set.of("messages")),
                    Map.entry("instruction", Set.of("prompt")),
                    Map.entry("question", Set.of("prompt", "instruction")),
                    Map.entry("input", Set.of("prompt")),
                    Map.entry("query", Set.of("prompt")),
                    Map.entry("response", Set.of("completion", "output")),
                    Map.entry("generation", Set.of("completion")),
                    Map.entry("output", Set.of("completion")),
                    Map.entry("answer", Set.of("completion")),
                    Map.entry("context", Set.of("input")),
                    Map.entry("system_prompt", Set.of("system")),
                    Map.entry("chosen_response", Set.of("chosen")),
                    Map.entry("rejected_response", Set.of("rejected")),
                    Map.entry("chosen_messages", Set.of("chosen")),
                    Map.entry("rejected_messages", Set.of("rejected")),
                    Map.entry("chosen_conversations", Set.of("chosen")),
                    Map.entry("rejected_conversations", Set.of("rejected")),
                    Map.entry("content", Set.of("text")),
                    Map.entry("document", Set.of("text")));

    private final List<RowShape> shapes;

    /// Knows `shapes`, and prefers those that come first.
    public ShapeRecogniser(List<? extends RowShape> shapes) {
        this.shapes = List.copyOf(shapes);
    }

    /// Knows every [StandardShape] and every [ToolShape]; a shape comes before those whose keys it
    /// contains.
    public static ShapeRecogniser standard() {
        return new ShapeRecogniser(
                List.of(
                        ToolShape.OPENAI_PREFERENCE,
                        ToolShape.SHAREGPT_PREFERENCE,
                        ToolShape.ALPACA_PREFERENCE,
                        StandardShape.PREFERENCE,
                        ToolShape.STEPWISE,
                        StandardShape.FEEDBACK,
                        StandardShape.MESSAGES_FEEDBACK,
                        ToolShape.SHAREGPT_FEEDBACK,
                        ToolShape.ALPACA_FEEDBACK,
                        StandardShape.MESSAGES,
                        ToolShape.SHAREGPT,
                        StandardShape.PROMPT_COMPLETION,
                        ToolShape.SEGMENTS,
                        ToolShape.ALPACA,
                        StandardShape.TEXT,
                        ToolShape.PROMPT_ONLY));
    }

    /// The shape of `row`, and why it is taken for that.
    ///
    /// @throws AttuneException of kind USER, without a place, if no shape fits
    public Recognised recognise(ObjectNode row) {
        List<RowShape> fitting = new ArrayList<>();
        for (RowShape shape : shapes) {
            if (shape.fits(row)) {
                fitting.add(shape);
            }
        }
        if (fitting.isEmpty()) {
            throw unknown(row);
        }
        RowShape shape = fitting.getFirst();
        String because = "has " + words(shape.keys());
        List<String> also =
                fitting.stream()
                        .filter(other -> !shape.keys().containsAll(other.keys()))
                        .map(RowShape::title)
                        .toList();
        if (!also.isEmpty()) {
            because += "; would also fit " + words(also);
        }
        return new Recognised(shape, because);
    }

    /// A shape and the reason for it, such as `has prompt and completion`.
    public record Recognised(RowShape shape, String because) {}

    private AttuneException unknown(ObjectNode row) {
        Collection<String> keys = row.propertyNames();
        String known = shapes.stream().map(s -> words(s.keys())).collect(Collectors.joining("; "));
        return AttuneException.user(
                        "The shape of the row is unknown: found %s; expected one of: %s."
                                .formatted(Quoted.keys(keys), known))
                .fix(advice(row));
    }

    private String advice(ObjectNode row) {
        if (row.has("input_ids")) {
            return "The row holds token ids: give the texts that they were made from.";
        }
        for (Map.Entry<String, JsonNode> column : row.properties()) {
            JsonNode list = column.getValue();
            if (list.isArray() && list.path(0).isObject() && fitsAny((ObjectNode) list.path(0))) {
                return "`%s` holds a list of %d objects, which look like the rows: make that list"
                                .formatted(Quoted.plain(column.getKey()), list.size())
                        + " the whole file.";
            }
            if (list instanceof ObjectNode within && fitsAny(within)) {
                String name = Quoted.plain(column.getKey());
                return "`%s` holds an object that looks like the row: take its columns out with"
                                .formatted(name)
                        + " --column, as in %s."
                                .formatted(
                                        within.propertyNames().stream()
                                                .limit(3)
                                                .map(Quoted::plain)
                                                .map(key -> "%s=%s.%s".formatted(key, name, key))
                                                .collect(Collectors.joining(" ")));
            }
        }
        List<Renaming> nearest =
                shapes.stream()
                        .filter(shape -> shape != ToolShape.PROMPT_ONLY)
                        .map(shape -> Renaming.of(shape, row.propertyNames()))
                        .filter(renaming -> renaming.score() > 0)
                        .toList();
        return nearest.stream()
                .max(Comparator.comparingDouble(Renaming::score))
                .map(Renaming::advice)
                .orElse("Name the columns as one of these shapes does.");
    }

    private boolean fitsAny(ObjectNode row) {
        return shapes.stream().anyMatch(shape -> shape.fits(row));
    }

    private static String words(List<String> words) {
        return words.size() < 2
                ? String.join("", words)
                : String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.getLast();
    }

    /// How a row would have to change to be of a shape.
    private record Renaming(RowShape shape, double score, List<String> steps) {
        static Renaming of(RowShape shape, Collection<String> found) {
            double score = 0;
            List<String> steps = new ArrayList<>();
            for (String key : shape.keys()) {
                Optional<String> meant = found.contains(key) ? Optional.of(key) : near(key, found);
                if (meant.isEmpty()) {
                    steps.add("add `" + key + "`");
                } else if (meant.get().equals(key)) {
                    score += 1;
                } else {
                    score += 0.9;
                    steps.add("rename `" + Quoted.plain(meant.get()) + "` to `" + key + "`");
                }
            }
            score /= shape.keys().size();
            for (String key : score > 0.8 ? shape.optionalKeys() : List.<String>of()) {
                Optional<String> meant = synonym(key, found).filter(_ -> !found.contains(key));
                if (meant.isPresent()) {
                    score += 0.2;
                    steps.add("rename `" + Quoted.plain(meant.get()) + "` to `" + key + "`");
                }
            }
            return new Renaming(shape, score, steps);
        }

        String advice() {
            return "The nearest shape is %s: %s."
                    .formatted(
                            shape.title(),
                            steps.isEmpty()
                                    ? "give `" + words(shape.keys()) + "` values of its kind"
                                    : words(steps));
        }

        private static Optional<String> synonym(String key, Collection<String> found) {
            return found.stream()
                    .filter(word -> OTHER_WORDS.getOrDefault(word, Set.of()).contains(key))
                    .findFirst();
        }

        private static Optional<String> near(String key, Collection<String> found) {
            Optional<String> synonym = synonym(key, found);
            // Of a hostile row only a few short keys are compared: an edit distance is quadratic.
            List<String> few = found.stream().limit(50).filter(w -> w.length() <= 40).toList();
            return synonym.or(() -> Nearest.to(key, few));
        }
    }
}
