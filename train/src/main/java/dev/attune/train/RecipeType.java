package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/// What the value of a key must be: how it is read, which values are allowed, how it is told.
///
/// Values in Java are String, Path, Double, Long, Boolean, [RecipeModules], lists and maps of
/// these; of [Maybe], an Optional.
sealed interface RecipeType {
    /// What a value is read with.
    ///
    /// @param key the name that errors tell
    /// @param base the folder that relative paths begin at
    /// @param notes takes what was understood in another way than it was written
    record Reading(String key, Path base, Consumer<String> notes) {
        AttuneException wrong(RecipeNode node, String expected) {
            return AttuneException.user(
                    key + " is " + node.told() + ", expected " + expected + ".");
        }
    }

    /// The value that a node says.
    ///
    /// @throws AttuneException if it is of another type; ranges are for [#problem]
    Object read(RecipeNode node, Reading reading);

    /// What is expected, with the range: `a number above 0`.
    String told();

    /// Why a value of the type is not allowed, if it is not.
    default Optional<String> problem(Object value) {
        return Optional.empty();
    }

    /// Any words.
    record Text(String told) implements RecipeType {
        @Override
        public Object read(RecipeNode node, Reading reading) {
            return text(node, reading, told).text();
        }

        @Override
        public Optional<String> problem(Object value) {
            return value.toString().isBlank() ? Optional.of(told) : Optional.empty();
        }
    }

    /// A model: `starter`, `hf:owner/name`, or a folder.
    record Model(String told) implements RecipeType {
        @Override
        public Object read(RecipeNode node, Reading reading) {
            String text = text(node, reading, told).text();
            return text.equals("starter") || text.startsWith("hf:") || text.isBlank()
                    ? text
                    : path(text, node, reading).toString();
        }

        @Override
        public Optional<String> problem(Object value) {
            return value.toString().isBlank() ? Optional.of(told) : Optional.empty();
        }
    }

    /// A file or folder.
    record FilePath(String told) implements RecipeType {
        @Override
        public Object read(RecipeNode node, Reading reading) {
            String text = text(node, reading, told).text();
            if (text.isBlank()) {
                throw reading.wrong(node, told);
            }
            return path(text, node, reading);
        }
    }

    /// A number within bounds.
    ///
    /// @param isOpen whether `min` itself is too small
    record Real(double min, boolean isOpen, double max, String told) implements RecipeType {
        @Override
        public Object read(RecipeNode node, Reading reading) {
            if (node instanceof RecipeNode.Scalar scalar) {
                if (scalar.isNumber()) {
                    // Adding zero makes zero of minus zero, which is written the same.
                    return Double.parseDouble(scalar.text()) + 0.0;
                }
                throw mended(scalar, reading.wrong(node, told));
            }
            throw reading.wrong(node, told);
        }

        @Override
        public Optional<String> problem(Object value) {
            double number = (Double) value;
            boolean isIn = (isOpen ? number > min : number >= min) && number <= max;
            return isIn && Double.isFinite(number) ? Optional.empty() : Optional.of(told);
        }
    }

    /// A number without a fraction, within bounds.
    record Whole(long min, long max, String told) implements RecipeType {
        @Override
        public Object read(RecipeNode node, Reading reading) {
            if (node instanceof RecipeNode.Scalar scalar) {
                if (scalar.isWhole()) {
                    try {
                        return Long.parseLong(scalar.text());
                    } catch (NumberFormatException e) {
                        throw reading.wrong(node, told).causedBy(e);
                    }
                }
                throw mended(scalar, reading.wrong(node, told));
            }
            throw reading.wrong(node, told);
        }

        @Override
        public Optional<String> problem(Object value) {
            long number = (Long) value;
            return number >= min && number <= max ? Optional.empty() : Optional.of(told);
        }
    }

    /// true or false.
    record Flag() implements RecipeType {
        @Override
        public Object read(RecipeNode node, Reading reading) {
            if (node instanceof RecipeNode.Scalar scalar && scalar.isFlag()) {
                return scalar.text().equals("true");
            }
            throw reading.wrong(node, told()).fix("Write true or false, in small letters.");
        }

        @Override
        public String told() {
            return "true or false";
        }
    }

    /// One of some words.
    ///
    /// @param values the words
    /// @param synonyms other words for them, which are reported
    /// @param refusals words that are known and not allowed, with the reason
    record Choice(List<String> values, Map<String, String> synonyms, Map<String, String> refusals)
            implements RecipeType {
        @Override
        public Object read(RecipeNode node, Reading reading) {
            String word = text(node, reading, told()).text();
            String same = synonyms.get(word);
            if (same != null) {
                reading.notes().accept(reading.key() + " " + word + " is " + same + " here.");
                return same;
            }
            if (values.contains(word)) {
                return word;
            }
            AttuneException wrong = reading.wrong(node, told());
            String reason = refusals.get(word);
            if (reason != null) {
                throw AttuneException.user(reading.key() + " is " + word + ": " + reason)
                        .fix("Choose " + told() + ".");
            }
            var known = new TreeSet<>(values);
            known.addAll(synonyms.keySet());
            throw Nearest.to(word, known)
                    .map(near -> wrong.fix("Did you mean " + near + "?"))
                    .orElse(wrong);
        }

        @Override
        public Optional<String> problem(Object value) {
            return values.contains(value) ? Optional.empty() : Optional.of(told());
        }

        @Override
        public String told() {
            return values.size() == 1 ? values.getFirst() : "one of " + String.join(", ", values);
        }
    }

    /// A value, or nothing.
    record Maybe(RecipeType type) implements RecipeType {
        @Override
        public Object read(RecipeNode node, Reading reading) {
            return node instanceof RecipeNode.Scalar scalar && scalar.isNothing()
                    ? Optional.empty()
                    : Optional.of(type.read(node, reading));
        }

        @Override
        public Optional<String> problem(Object value) {
            return ((Optional<?>) value).flatMap(type::problem);
        }

        @Override
        public String told() {
            return type.told() + ", or null";
        }
    }

    /// A list of values; a single value is a list of one, and nothing is an empty list.
    ///
    /// @param least how many there must be
    record Items(RecipeType type, int least, String told) implements RecipeType {
        @Override
        public Object read(RecipeNode node, Reading reading) {
            return switch (node) {
                case RecipeNode.Scalar scalar when scalar.isNothing() -> List.of();
                case RecipeNode.Scalar scalar -> List.of(type.read(scalar, reading));
                case RecipeNode.Sequence list ->
                        list.items().stream().map(item -> type.read(item, reading)).toList();
                case RecipeNode.Mapping _ -> throw reading.wrong(node, told);
            };
        }

        @Override
        public Optional<String> problem(Object value) {
            List<?> list = (List<?>) value;
            return list.size() >= least && list.stream().allMatch(v -> type.problem(v).isEmpty())
                    ? Optional.empty()
                    : Optional.of(told);
        }
    }

    /// Words with values of one type.
    record Table(RecipeType type, String told) implements RecipeType {
        @Override
        public Object read(RecipeNode node, Reading reading) {
            return switch (node) {
                case RecipeNode.Scalar scalar when scalar.isNothing() -> Map.of();
                case RecipeNode.Mapping mapping -> {
                    var values = new LinkedHashMap<String, Object>();
                    for (RecipeNode.Entry entry : mapping.entries()) {
                        var inner =
                                new Reading(
                                        reading.key() + "." + entry.key(),
                                        reading.base(),
                                        reading.notes());
                        values.put(entry.key(), type.read(entry.value(), inner));
                    }
                    yield values;
                }
                case RecipeNode.Scalar _, RecipeNode.Sequence _ -> throw reading.wrong(node, told);
            };
        }

        @Override
        public Optional<String> problem(Object value) {
            return ((Map<?, ?>) value).values().stream().allMatch(v -> type.problem(v).isEmpty())
                    ? Optional.empty()
                    : Optional.of(told);
        }
    }

    /// A number, a flag or a word, as it is written.
    record Any(String told) implements RecipeType {
        @Override
        public Object read(RecipeNode node, Reading reading) {
            RecipeNode.Scalar scalar = text(node, reading, told);
            if (scalar.isNumber()) {
                return Double.parseDouble(scalar.text()) + 0.0;
            }
            return scalar.isFlag() ? (Object) scalar.text().equals("true") : scalar.text();
        }

        @Override
        public Optional<String> problem(Object value) {
            return value instanceof Double number && !Double.isFinite(number)
                    ? Optional.of(told)
                    : Optional.empty();
        }
    }

    /// Layers by names or by a pattern.
    record Modules(boolean isNeeded, String told) implements RecipeType {
        @Override
        public Object read(RecipeNode node, Reading reading) {
            return switch (node) {
                case RecipeNode.Scalar scalar when scalar.isNothing() -> RecipeModules.NONE;
                case RecipeNode.Scalar scalar -> RecipeModules.of(scalar.text());
                case RecipeNode.Sequence list ->
                        new RecipeModules(
                                list.items().stream()
                                        .map(item -> text(item, reading, told).text())
                                        .toList(),
                                Optional.empty());
                case RecipeNode.Mapping _ -> throw reading.wrong(node, told);
            };
        }

        @Override
        public Optional<String> problem(Object value) {
            return isNeeded && value.equals(RecipeModules.NONE)
                    ? Optional.of(told)
                    : Optional.empty();
        }
    }

    /// Where rows come from.
    ///
    /// @param least how many sources there must be
    record Sources(int least, String told) implements RecipeType {
        @Override
        public Object read(RecipeNode node, Reading reading) {
            return new RecipeSources(reading, told).read(node);
        }

        @Override
        public Optional<String> problem(Object value) {
            return ((List<?>) value).size() >= least ? Optional.empty() : Optional.of(told);
        }
    }

    /// Columns by the names that they are to have.
    record Columns(String told) implements RecipeType {
        @Override
        public Object read(RecipeNode node, Reading reading) {
            return new RecipeColumns(reading, told).read(node);
        }
    }

    private static RecipeNode.Scalar text(RecipeNode node, Reading reading, String expected) {
        if (node instanceof RecipeNode.Scalar scalar && !scalar.isNothing()) {
            return scalar;
        }
        throw reading.wrong(node, expected);
    }

    /// A path, from the folder where relative ones begin.
    static Path path(String text, RecipeNode node, Reading reading) {
        try {
            return reading.base().resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw reading.wrong(node, "a path of this system").causedBy(e);
        }
    }

    /// The same error with what is likely to mend a number.
    private static AttuneException mended(RecipeNode.Scalar scalar, AttuneException wrong) {
        if (!scalar.isPlain() && scalar.isNumberLike()) {
            return wrong.fix("Remove the quotes.");
        }
        if (scalar.text().indexOf('#') > 0) {
            return wrong.fix("A comment needs a space before its #.");
        }
        return scalar.text().matches("[-+]?[0-9][0-9_ ,]*[_ ,][0-9.]*")
                ? wrong.fix("Write the number without separators.")
                : wrong;
    }
}
