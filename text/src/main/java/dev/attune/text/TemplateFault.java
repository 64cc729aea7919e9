package dev.attune.text;

/// An error of a template while it is read or run, before it is known where: [ChatTemplate] turns
/// it into one for people, with line and column.
final class TemplateFault extends RuntimeException {
    private final String kind;
    private final int at;

    /// An error of the kind that Python calls `kind`.
    TemplateFault(String kind, String message) {
        this(kind, message, -1);
    }

    private TemplateFault(String kind, String message, int at) {
        super(message, null, false, false);
        this.kind = kind;
        this.at = at;
    }

    /// A template that cannot be read.
    static TemplateFault syntax(String message, int at) {
        return new TemplateFault("TemplateSyntaxError", message, at);
    }

    /// A value of the wrong type.
    static TemplateFault type(String message) {
        return new TemplateFault("TypeError", message);
    }

    /// A value that is wrong in itself.
    static TemplateFault value(String message) {
        return new TemplateFault("ValueError", message);
    }

    /// More than the limits allow.
    static TemplateFault limit(String message) {
        return new TemplateFault("LimitError", message);
    }

    /// The same fault at a place, unless it has one already.
    TemplateFault at(int offset) {
        return at >= 0 ? this : new TemplateFault(kind, messageText(), offset);
    }

    /// Python's name for it: `TypeError`, `UndefinedError`, `TemplateError` ...
    String kind() {
        return kind;
    }

    /// The offset in the template, -1 while unknown.
    int at() {
        return at;
    }

    /// What went wrong.
    String messageText() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
