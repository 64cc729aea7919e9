package dev.attune.text;

/// A name or attribute that does not exist: nothing when written, false when asked, an error when
/// used otherwise.
///
/// @param message what using it says
/// @param unsafe whether it stands for something the sandbox refuses
record PyUndefined(String message, boolean unsafe) {
    static PyUndefined of(String message) {
        return new PyUndefined(message, false);
    }

    /// As in Jinja, all that does not exist is equal.
    @Override
    public boolean equals(Object other) {
        return other instanceof PyUndefined;
    }

    @Override
    public int hashCode() {
        return 0;
    }

    /// The error of using it.
    TemplateFault fault() {
        return new TemplateFault(unsafe ? "SecurityError" : "UndefinedError", message);
    }
}
