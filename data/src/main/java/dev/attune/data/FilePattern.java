package dev.attune.data;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A pattern of file names as data sets' cards have it: `*` within a folder, `**` across folders,
/// `?`, and `[...]`.
///
/// @param pattern the same as an expression, which never looks back
record FilePattern(Pattern pattern) {
    /// Reads one.
    static FilePattern of(String text) {
        StringBuilder expression = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (text.startsWith("**/", i)) {
                expression.append("(?:[^/]+/)*");
                i += 3;
            } else if (text.startsWith("**", i)) {
                expression.append(".*");
                i += 2;
            } else if (c == '[' && text.indexOf(']', i) > i + 1) {
                int end = text.indexOf(']', i);
                String within =
                        text.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
                expression.append('[').append(within.replaceFirst("^!", "^")).append(']');
                i = end + 1;
            } else {
                expression.append(
                        c == '*' ? "[^/]*" : c == '?' ? "[^/]" : Pattern.quote(String.valueOf(c)));
                i++;
            }
        }
        try {
            return new FilePattern(Pattern.compile(expression.toString()));
        } catch (PatternSyntaxException _) {
            return new FilePattern(Pattern.compile(Pattern.quote(text)));
        }
    }

    /// Whether a path within the data set is meant.
    boolean matches(String path) {
        return pattern.matcher(path).matches();
    }
}
