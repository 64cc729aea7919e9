package dev.attune.format;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Text of a hostile file as it may be shown on a terminal.
final class Shown {
    private static final int MAX_CHARS = 200;

    /// Comparing names is quadratic in their length: enough for any real model, seconds at worst.
    private static final int MAX_CANDIDATES = 10_000;

    private Shown() {}

    /// `text` in single quotes, cut after 200 characters, with control characters and broken
    /// surrogates written as `\\u001b`.
    static String quoted(String text) {
        return "'" + plain(text) + "'";
    }

    /// As [#quoted], without the quotes.
    static String plain(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(MAX_CHARS)
                .forEach(c -> {
                    if (isPlain(c)) {
                        shown.appendCodePoint(c);
                    } else {
                        shown.append("\\u%04x".formatted(c));
                    }
                });
        if (text.codePointCount(0, text.length()) > MAX_CHARS) {
            shown.append("...");
        }
        return shown.toString();
    }

    /// Whether every surrogate of `text` has its other half, so that it can be written as UTF-8.
    static boolean isUnicode(String text) {
        return text.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE);
    }

    /// The error of asking `place` for a tensor it lacks, with the nearest one it has.
    static AttuneException noTensor(String name, Collection<String> known, Object place) {
        List<String> candidates =
                known.stream()
                        .filter(candidate -> candidate.length() <= MAX_CHARS)
                        .limit(MAX_CANDIDATES)
                        .toList();
        Optional<String> near =
                name.length() > MAX_CHARS ? Optional.empty() : Nearest.to(name, candidates);
        return AttuneException.user(
                        "The weights hold %d tensors, but none named %s."
                                .formatted(known.size(), quoted(name)))
                .at(place)
                .fix(
                        near.map(n -> "The nearest name is " + quoted(n) + ".")
                                .orElse("Check that the weights belong to the config.json."));
    }

    private static boolean isPlain(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
