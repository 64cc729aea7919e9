package dev.attune.text;

/// What a template can call.
interface PyCallable {
    /// Python's name of its type.
    String typeName();

    /// What printing it shows; no address, since none is the same twice.
    default String repr() {
        return "<" + typeName() + ">";
    }

    /// Calls it.
    Object call(PyArguments arguments);
}
