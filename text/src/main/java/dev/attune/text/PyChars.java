package dev.attune.text;

/// Python's classes of characters, where they differ from Java's.
final class PyChars {
    private PyChars() {}

    /// What `str.isspace`, `strip` and `split` take for white space.
    static boolean isSpace(int c) {
        return (c >= 9 && c <= 13)
                || (c >= 0x1c && c <= 0x20)
                || c == 0x85
                || c == 0xa0
                || c == 0x1680
                || (c >= 0x2000 && c <= 0x200a)
                || c == 0x2028
                || c == 0x2029
                || c == 0x202f
                || c == 0x205f
                || c == 0x3000;
    }

    /// Where `splitlines` cuts.
    static boolean isLineEnd(int c) {
        return (c >= 0x0a && c <= 0x0d)
                || (c >= 0x1c && c <= 0x1e)
                || c == 0x85
                || c == 0x2028
                || c == 0x2029;
    }

    /// What `repr` writes as it is.
    static boolean isPrintable(int c) {
        if (c == ' ') {
            return true;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
