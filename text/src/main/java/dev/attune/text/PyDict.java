package dev.attune.text;

import java.util.LinkedHashMap;
import java.util.Map;

/// Python's dict, as a template sees it: keys are texts, numbers, `None` or tuples.
///
/// @param entries key to value, in order
/// @param origin where it comes from, [SourcedText#NOBODY] when a template made it
/// @param message the index of the message that this dict is, -1 if it is none
record PyDict(Map<Object, Object> entries, int origin, int message) {
    static PyDict of(Map<Object, Object> entries) {
        return new PyDict(entries, SourcedText.NOBODY, -1);
    }

    static PyDict empty() {
        return of(new LinkedHashMap<>());
    }
}
