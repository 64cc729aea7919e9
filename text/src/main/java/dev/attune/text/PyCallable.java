package dev.attune.text;

/// What a template can call.
interface PyCallable {
    /// Python's name of its type.
    String typeName();

    /// Calls it.
    Object call(PyArguments arguments);
}
