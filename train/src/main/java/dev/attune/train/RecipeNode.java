package dev.attune.train;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A value of a recipe as it was written, before a key says what it must be.
sealed interface RecipeNode {
    /// One word or number.
    ///
    /// @param text what it says, without quotes
    /// @param isPlain whether it was written without quotes
    record Scalar(String text, boolean isPlain) implements RecipeNode {
        private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]+");
        private static final Pattern NUMBER =
                Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");
        private static final List<String> NOTHING = List.of("", "~", "null", "Null", "NULL");

        /// Whether it stands for no value.
        boolean isNothing() {
            return isPlain && NOTHING.contains(text);
        }

        /// Whether it is `true` or `false`.
        boolean isFlag() {
            return isPlain && (text.equals("true") || text.equals("false"));
        }

        /// Whether it is a number without a point.
        boolean isWhole() {
            return isPlain && WHOLE.matcher(text).matches();
        }

        /// Whether it is a number, `2e-4` among them, which YAML 1.1 takes for a text.
        boolean isNumber() {
            return isPlain && isNumberLike();
        }

        /// Whether it would be a number without its quotes.
        boolean isNumberLike() {
            return NUMBER.matcher(text).matches();
        }

        /// As an error names it.
        @Override
        public String told() {
            return isNothing() ? "nothing" : isPlain ? text : "the text \"" + text + "\"";
        }
    }

    /// A list.
    record Sequence(List<RecipeNode> items) implements RecipeNode {
        @Override
        public String told() {
            return items.stream().map(RecipeNode::told).collect(Collectors.joining(", ", "[", "]"));
        }
    }

    /// Keys with their values, in order.
    record Mapping(List<Entry> entries) implements RecipeNode {
        @Override
        public String told() {
            return entries.stream()
                    .map(entry -> entry.key() + ": " + entry.value().told())
                    .collect(Collectors.joining(", ", "{", "}"));
        }
    }

    /// A key with its value.
    ///
    /// @param line of the key, from 1
    record Entry(String key, RecipeNode value, int line) {}

    /// The value in one line, as an error names it.
    String told();
}
