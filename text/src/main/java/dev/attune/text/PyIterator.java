package dev.attune.text;

import java.util.Iterator;

/// What a filter such as `map` gives: elements that can be gone through once.
///
/// @param typeName Python's name of the type
/// @param items the elements that are left
record PyIterator(String typeName, Iterator<Object> items) {
    static PyIterator generator(Iterator<Object> items) {
        return new PyIterator("generator", items);
    }
}
