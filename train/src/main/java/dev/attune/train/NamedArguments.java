package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.base.Problems;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Reads the keyword arguments of a schedule or optimizer, and refuses those that nothing read.
final class NamedArguments {
    private final String subject;
    private final Map<String, ?> given;
    private final TreeSet<String> known = new TreeSet<>();

    /// @param subject whose arguments these are, as errors say it: `lr_scheduler_type cosine`
    NamedArguments(String subject, Map<String, ?> given) {
        this.subject = subject;
        this.given = given;
    }

    Optional<Double> number(String name) {
        return value(name)
                .map(value -> {
                    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
                        return number.doubleValue();
                    }
                    throw wrong(name, value, "a number");
                });
    }

    double number(String name, double otherwise) {
        return number(name).orElse(otherwise);
    }

    /// A number from zero up.
    double notNegative(String name, double otherwise) {
        double number = number(name, otherwise);
        if (number < 0) {
            throw wrong(name, number, "at least 0");
        }
        return number;
    }

    /// A whole number from zero up.
    Optional<Integer> count(String name) {
        return number(name)
                .map(number -> {
                    if (number < 0 || number > Integer.MAX_VALUE || number != Math.rint(number)) {
                        throw wrong(name, number, "a whole number from 0");
                    }
                    return number.intValue();
                });
    }

    boolean flag(String name, boolean otherwise) {
        return value(name)
                .map(value -> {
                    if (value instanceof Boolean flag) {
                        return flag;
                    }
                    throw wrong(name, value, "true or false");
                })
                .orElse(otherwise);
    }

    String oneOf(String name, List<String> choices, String otherwise) {
        Object value = value(name).orElse(otherwise);
        if (value instanceof String text && choices.contains(text)) {
            return text;
        }
        throw wrong(name, value, "one of: " + String.join(", ", choices));
    }

    private Optional<Object> value(String name) {
        known.add(name);
        return Optional.ofNullable(given.get(name));
    }

    AttuneException wrong(String name, Object found, String expected) {
        return AttuneException.user(
                "%s of %s is %s, expected %s.".formatted(name, subject, found, expected));
    }

    AttuneException missing(String names) {
        return AttuneException.user(subject + " needs " + names + ".");
    }

    /// @throws AttuneException if an argument was given that nothing asked for
    void refuseOthers() {
        Problems problems = new Problems("Cannot read the arguments of " + subject);
        for (String name : new TreeSet<>(given.keySet())) {
            if (!known.contains(name)) {
                problems.add(unknown(name));
            }
        }
        problems.throwIfAny();
    }

    private AttuneException unknown(String name) {
        AttuneException unknown =
                AttuneException.user(
                        "%s has no argument '%s'; it knows %s."
                                .formatted(
                                        subject,
                                        name,
                                        known.isEmpty() ? "none" : String.join(", ", known)));
        return Nearest.to(name, known)
                .map(nearest -> unknown.fix("Did you mean " + nearest + "?"))
                .orElse(unknown);
    }
}
