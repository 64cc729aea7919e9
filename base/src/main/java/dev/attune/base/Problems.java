package dev.attune.base;

import java.util.ArrayList;
import java.util.List;

/// Collects every problem of one input, so that they are told together.
///
/// Not thread-safe; lives as long as one check.
public final class Problems {
    private final String subject;
    private final List<AttuneException> found = new ArrayList<>();

    /// @param subject what is being checked, as the head of the message: `Cannot load /models/x`
    public Problems(String subject) {
        this.subject = subject;
    }

    /// Adds one problem.
    public void add(AttuneException problem) {
        found.add(problem);
    }

    /// Whether nothing was found so far.
    public boolean isEmpty() {
        return found.isEmpty();
    }

    /// What was found so far, in order.
    public List<AttuneException> found() {
        return List.copyOf(found);
    }

    /// Throws what was found: a single problem as it is, several as one error that lists the first
    /// twenty and counts the rest. The gravest kind wins, in the order of [ErrorKind].
    ///
    /// @throws AttuneException if anything was added
    public void throwIfAny() {
        if (found.isEmpty()) {
            return;
        }
        if (found.size() == 1) {
            throw found.getFirst();
        }
        StringBuilder text = new StringBuilder(subject + ": " + found.size() + " problems.");
        found.stream().limit(20).forEach(p -> text.append("\n- ").append(indented(p)));
        if (found.size() > 20) {
            text.append("\n- and ").append(found.size() - 20).append(" more");
        }
        throw of(gravest(), text.toString());
    }

    private ErrorKind gravest() {
        return found.stream().map(AttuneException::kind).max(Enum::compareTo).orElseThrow();
    }

    private static AttuneException of(ErrorKind kind, String text) {
        return switch (kind) {
            case USER -> AttuneException.user(text);
            case RESOURCES -> AttuneException.resources(text);
            case ENVIRONMENT -> AttuneException.environment(text);
            case INTERNAL -> AttuneException.internal(text);
        };
    }

    private static String indented(AttuneException problem) {
        return String.valueOf(problem.getMessage()).replace("\n", "\n  ");
    }
}
