package dev.attune.data;

import java.util.Collection;
import java.util.stream.Collectors;

/// Words of a file, made fit for a message: short, on one line, without control characters.
final class Quoted {
    private static final int MAX_CHARS = 60;
    private static final int MAX_KEYS = 12;

    private Quoted() {}

    /// The start of `text`, in quotation marks.
    static String of(String text) {
        return "\"" + plain(text) + "\"";
    }

    /// The start of `text`; what no terminal should be given is a question mark.
    static String plain(String text) {
        return plain(text, MAX_CHARS);
    }

    /// The first `maxChars` of `text`, as [#plain(String)].
    static String plain(String text, int maxChars) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(maxChars)
                .forEach(c -> shown.appendCodePoint(isPrintable(c) ? c : '?'));
        if (text.codePointCount(0, text.length()) > maxChars) {
            shown.append("...");
        }
        return shown.toString();
    }

    /// The first keys of a row, with commas, and how many more there are.
    static String keys(Collection<String> keys) {
        if (keys.isEmpty()) {
            return "no keys";
        }
        String first =
                keys.stream().limit(MAX_KEYS).map(Quoted::plain).collect(Collectors.joining(", "));
        return keys.size() <= MAX_KEYS
                ? first
                : first + " and " + (keys.size() - MAX_KEYS) + " more";
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }
}
