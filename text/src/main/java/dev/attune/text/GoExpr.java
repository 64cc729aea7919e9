package dev.attune.text;

import java.util.List;

/// An expression of a template in Go's language.
sealed interface GoExpr {
    /// A text, a number or a truth value.
    record Constant(Object value) implements GoExpr {}

    /// `.`
    record Dot() implements GoExpr {}

    /// `$name`, or `$` where the name is empty.
    record Variable(String name) implements GoExpr {}

    /// `of.name`
    record Field(GoExpr of, String name) implements GoExpr {}

    /// `function arguments`; what a pipe hands on is the last of them.
    record Call(String function, List<GoExpr> arguments) implements GoExpr {
        /// Copies the lists.
        public Call {
            arguments = List.copyOf(arguments);
        }
    }
}
