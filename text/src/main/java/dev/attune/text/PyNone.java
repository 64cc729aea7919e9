package dev.attune.text;

/// Python's `None`.
enum PyNone {
    NONE
}
