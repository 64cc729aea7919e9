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
        KEYS("dict_keys"),
        VALUES("dict_values"),
        ITEMS("dict_items"),
        /// What `groupby` gives: a tuple whose parts also have names.
        GROUP("_GroupTuple"),
        RANGE("range");

        private final String typeName;

        Kind(String typeName) {
            this.typeName = typeName;
        }

        /// Python's name of the type.
        String typeName() {
            return typeName;
        }

        /// Whether it is a tuple.
        boolean isTuple() {
            return this == TUPLE || this == GROUP;
        }

        /// Whether its elements have indexes; those of a view of a dict have none.
        boolean isSequence() {
            return this == LIST || isTuple() || this == RANGE;
        }
    }

    static PyList list(List<Object> items) {
        return new PyList(Kind.LIST, items, SourcedText.NOBODY);
    }

    static PyList tuple(List<Object> items) {
        return new PyList(Kind.TUPLE, items, SourcedText.NOBODY);
    }

    static PyList view(Kind kind, List<Object> items) {
        return new PyList(kind, items, SourcedText.NOBODY);
    }

    /// This list followed by another of its kind.
    PyList plus(PyList other) {
        List<Object> all = new ArrayList<>(items.size() + other.items.size());
        all.addAll(items);
        all.addAll(other.items);
        return new PyList(kind, all, SourcedText.NOBODY);
    }
}
