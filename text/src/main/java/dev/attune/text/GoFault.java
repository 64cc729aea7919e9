package dev.attune.text;

import dev.attune.base.AttuneException;

/// What is wrong with a template in Go's language.
final class GoFault {
    private static final String FIX =
            "Use if, range, with, variables and the functions that Ollama's templates know.";

    private GoFault() {}

    /// A fault in the source.
    static AttuneException at(String source, int offset, String what) {
        String before = source.substring(0, Math.min(offset, source.length()));
        long line = before.chars().filter(c -> c == '\n').count() + 1;
        int column = before.length() - before.lastIndexOf('\n');
        return AttuneException.user(
                        "The Go template cannot be read: %s (line %d, column %d)."
                                .formatted(what, line, column))
                .fix(FIX);
    }

    /// A fault that shows while it renders.
    static AttuneException rendering(String what) {
        return AttuneException.user("The Go template cannot be rendered: " + what + ".").fix(FIX);
    }
}
