package dev.attune.text;

/// What Go's templates trim: blanks, tabs and ends of lines.
final class GoSpace {
    private GoSpace() {}

    static boolean is(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    static String afterSpace(String text) {
        int start = 0;
        while (start < text.length() && is(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    static String beforeSpace(String text) {
        int end = text.length();
        while (end > 0 && is(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }
}
