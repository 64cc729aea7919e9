package dev.attune.text;

import java.util.ArrayList;
import java.util.List;

/// Python's list, tuple and dict view, as a template sees them.
///
/// @param kind which of them
/// @param items the elements
/// @param origin where it comes from, [SourcedText#NOBODY] when a template made it
record PyList(Kind kind, List<Object> items, int origin) {
    /// The sequence types that differ in what they print and compare with.
    enum Kind {
        LIST("list"),
        TUPLE("tuple"),
        VIEW("dict view"),
        RANGE("range");

        private final String typeName;

        Kind(String typeName) {
            this.typeName = typeName;
        }

        /// Python's name of the type.
        String typeName() {
            return typeName;
        }
    }

    static PyList list(List<Object> items) {
        return new PyList(Kind.LIST, items, SourcedText.NOBODY);
    }

    static PyList tuple(List<Object> items) {
        return new PyList(Kind.TUPLE, items, SourcedText.NOBODY);
    }

    static PyList view(List<Object> items) {
        return new PyList(Kind.VIEW, items, SourcedText.NOBODY);
    }

    /// This list followed by another of its kind.
    PyList plus(PyList other) {
        List<Object> all = new ArrayList<>(items.size() + other.items.size());
        all.addAll(items);
        all.addAll(other.items);
        return new PyList(kind, all, SourcedText.NOBODY);
    }
}
