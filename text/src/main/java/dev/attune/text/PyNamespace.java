package dev.attune.text;

import java.util.Map;

/// `namespace()`: the one object whose attributes a template may set. Equal to itself alone, as it
/// may hold itself.
final class PyNamespace {
    private final Map<String, Object> attributes;

    PyNamespace(Map<String, Object> attributes) {
        this.attributes = attributes;
    }

    /// The attributes, which can be set.
    Map<String, Object> attributes() {
        return attributes;
    }
}
