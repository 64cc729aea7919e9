package dev.attune.text;

import java.util.Map;

/// `namespace()`: the one object whose attributes a template may set.
record PyNamespace(Map<String, Object> attributes) {}
