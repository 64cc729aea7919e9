package dev.attune.text;

import java.util.List;

/// A part of a template in Go's language.
sealed interface GoNode {
    /// What is written as it is.
    record Text(String text) implements GoNode {}

    /// `{{ value }}`
    record Show(GoExpr value) implements GoNode {}

    /// `{{ $name := value }}`, and `{{ $name = value }}` of a variable that is there.
    record Assign(String name, GoExpr value, boolean isNew) implements GoNode {}

    /// `{{ if condition }} body {{ else }} otherwise {{ end }}`
    record If(GoExpr condition, List<GoNode> body, List<GoNode> otherwise) implements GoNode {
        /// Copies the lists.
        public If {
            body = List.copyOf(body);
            otherwise = List.copyOf(otherwise);
        }
    }

    /// `{{ with value }} body {{ else }} otherwise {{ end }}`; the variable is empty where there is
    /// none.
    record With(String variable, GoExpr value, List<GoNode> body, List<GoNode> otherwise)
            implements GoNode {
        /// Copies the lists.
        public With {
            body = List.copyOf(body);
            otherwise = List.copyOf(otherwise);
        }
    }

    /// `{{ range $index, $element := list }} body {{ else }} otherwise {{ end }}`; names are empty
    /// where there are none.
    record Range(
            String index, String element, GoExpr list, List<GoNode> body, List<GoNode> otherwise)
            implements GoNode {
        /// Copies the lists.
        public Range {
            body = List.copyOf(body);
            otherwise = List.copyOf(otherwise);
        }
    }

    /// `{{ break }}`
    record Break() implements GoNode {}

    /// `{{ continue }}`
    record Continue() implements GoNode {}
}
