package dev.attune.text;

import org.jspecify.annotations.Nullable;

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

    /// The value of a key; null where there is none. `1`, `1.0` and `True` are one key.
    @Nullable Object find(Object key) {
        Object value = entries.get(key);
        return value == null && PyNumbers.isNumber(key) ? entries.get(twin(key)) : value;
    }

    /// Sets the value of a key.
    void put(Object key, Object value) {
        entries.put(PyNumbers.isNumber(key) ? twin(key) : key, value);
    }

    /// The key that is there already and equals this number, else the number itself.
    private Object twin(Object number) {
        for (Object same : PyNumbers.sameAs(number)) {
            if (entries.containsKey(same)) {
                return same;
            }
        }
        return number;
    }
}
