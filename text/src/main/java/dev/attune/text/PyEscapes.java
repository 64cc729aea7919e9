package dev.attune.text;

/// The backslash escapes of Python's strings.
final class PyEscapes {
    private PyEscapes() {}

    /// What stands between the quotes, with escapes resolved; an unknown escape stays as it is.
    ///
    /// @param at where the string starts in the template, for errors
    static String unescaped(String raw, int at) {
        if (raw.indexOf('\\') < 0) {
            return raw;
        }
        StringBuilder text = new StringBuilder(raw.length());
        int i = 0;
        while (i < raw.length()) {
            char c = raw.charAt(i);
            if (c != '\\' || i + 1 == raw.length()) {
                text.append(c);
                i++;
                continue;
            }
            char escape = raw.charAt(i + 1);
            i += 2;
            switch (escape) {
                case '\n' -> {}
                case '\\', '\'', '"' -> text.append(escape);
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'a' -> text.append('\u0007');
                case 'v' -> text.append('\u000b');
                case 'x' -> i = hex(raw, i, 2, at, text);
                case 'u' -> i = hex(raw, i, 4, at, text);
                case 'U' -> i = hex(raw, i, 8, at, text);
                case 'N' -> i = named(raw, i, at, text);
                case '0', '1', '2', '3', '4', '5', '6', '7' -> i = octal(raw, i - 1, text);
                default -> text.append('\\').append(escape);
            }
        }
        return text.toString();
    }

    private static int hex(String raw, int from, int digits, int at, StringBuilder text) {
        if (from + digits > raw.length()) {
            throw TemplateFault.syntax("a string has a cut escape", at);
        }
        try {
            text.appendCodePoint(Integer.parseInt(raw, from, from + digits, 16));
        } catch (IllegalArgumentException e) {
            throw TemplateFault.syntax(
                    "a string has the escape '" + raw.substring(from - 2, from + digits) + "'", at);
        }
        return from + digits;
    }

    private static int named(String raw, int from, int at, StringBuilder text) {
        int close = raw.indexOf('}', from);
        if (close < 0 || raw.charAt(from) != '{') {
            throw TemplateFault.syntax("a string has a cut \\N escape", at);
        }
        try {
            text.appendCodePoint(Character.codePointOf(raw.substring(from + 1, close)));
        } catch (IllegalArgumentException e) {
            throw TemplateFault.syntax(
                    "a string names the unknown character " + raw.substring(from, close + 1), at);
        }
        return close + 1;
    }

    private static int octal(String raw, int from, StringBuilder text) {
        int end = from;
        int value = 0;
        while (end < raw.length() && end < from + 3 && Character.digit(raw.charAt(end), 8) >= 0) {
            value = value * 8 + Character.digit(raw.charAt(end), 8);
            end++;
        }
        text.append((char) value);
        return end;
    }
}
