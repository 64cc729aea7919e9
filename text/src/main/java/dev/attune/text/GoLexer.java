package dev.attune.text;

import java.util.ArrayList;
import java.util.List;

/// Cuts a template in Go's language into words.
final class GoLexer {
    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";
    private static final String COMMENT_END = "*/";

    private final String source;
    private final List<GoToken> tokens = new ArrayList<>();
    private int at;

    private GoLexer(String source) {
        this.source = source;
    }

    static List<GoToken> tokens(String source) {
        GoLexer lexer = new GoLexer(source);
        lexer.run();
        return List.copyOf(lexer.tokens);
    }

    private void run() {
        boolean trimStart = false;
        while (at < source.length()) {
            int open = source.indexOf(OPEN, at);
            int end = open < 0 ? source.length() : open;
            boolean trimEnd = open >= 0 && isTrimAfter(open + OPEN.length());
            text(end, trimStart, trimEnd);
            if (open < 0) {
                break;
            }
            at = open + OPEN.length() + (trimEnd ? 1 : 0);
            trimStart = action(open);
        }
        add(GoToken.Kind.END, "", false, source.length());
    }

    private void text(int end, boolean trimStart, boolean trimEnd) {
        String text = source.substring(at, end);
        text = trimStart ? GoSpace.afterSpace(text) : text;
        text = trimEnd ? GoSpace.beforeSpace(text) : text;
        if (!text.isEmpty()) {
            add(GoToken.Kind.TEXT, text, false, at);
        }
        at = end;
    }

    /// Reads to behind the closing braces.
    ///
    /// @return whether they trim the text behind
    private boolean action(int open) {
        int first = skipSpace(at);
        if (source.startsWith("/*", first)) {
            return comment(open, first);
        }
        add(GoToken.Kind.OPEN, OPEN, false, open);
        while (true) {
            int from = at;
            at = skipSpace(at);
            if (at >= source.length()) {
                throw GoFault.at(source, open, "this action has no end");
            }
            boolean apart = at > from;
            if (apart && source.startsWith("-" + CLOSE, at)) {
                add(GoToken.Kind.CLOSE, CLOSE, true, at);
                at += 1 + CLOSE.length();
                return true;
            }
            if (source.startsWith(CLOSE, at)) {
                add(GoToken.Kind.CLOSE, CLOSE, apart, at);
                at += CLOSE.length();
                return false;
            }
            word(apart);
        }
    }

    private boolean comment(int open, int first) {
        int end = source.indexOf(COMMENT_END, first);
        int close = end < 0 ? -1 : skipSpace(end + COMMENT_END.length());
        if (close < 0) {
            throw GoFault.at(source, open, "this comment has no end");
        }
        boolean trims = source.startsWith("-" + CLOSE, close);
        int braces = trims ? close + 1 : close;
        if (!source.startsWith(CLOSE, braces)) {
            throw GoFault.at(source, open, "a comment must fill its action");
        }
        at = braces + CLOSE.length();
        return trims;
    }

    private void word(boolean apart) {
        int start = at;
        char c = source.charAt(at);
        if (c == '"') {
            add(GoToken.Kind.STRING, quoted(), apart, start);
        } else if (c == '`') {
            int end = source.indexOf('`', at + 1);
            if (end < 0) {
                throw GoFault.at(source, start, "this string has no end");
            }
            at = end + 1;
            add(GoToken.Kind.STRING, source.substring(start + 1, end), apart, start);
        } else if (c == '.' || c == '$') {
            at++;
            name();
            var kind = c == '.' ? GoToken.Kind.FIELD : GoToken.Kind.VARIABLE;
            add(kind, source.substring(start + 1, at), apart, start);
        } else if (isDigit(c) || (c == '-' && at + 1 < source.length() && isDigit(next()))) {
            at++;
            name();
            add(GoToken.Kind.NUMBER, source.substring(start, at), apart, start);
        } else if (isLetter(c)) {
            name();
            add(GoToken.Kind.NAME, source.substring(start, at), apart, start);
        } else {
            sign(apart);
        }
    }

    private void sign(boolean apart) {
        for (String sign : List.of(":=", "=", "(", ")", "|", ",")) {
            if (source.startsWith(sign, at)) {
                add(GoToken.Kind.SIGN, sign, apart, at);
                at += sign.length();
                return;
            }
        }
        throw GoFault.at(source, at, "unexpected '" + source.charAt(at) + "'");
    }

    private String quoted() {
        int start = at++;
        StringBuilder text = new StringBuilder();
        while (at < source.length() && source.charAt(at) != '\n') {
            char c = source.charAt(at++);
            if (c == '"') {
                return text.toString();
            }
            text.append(c == '\\' && at < source.length() ? escape() : String.valueOf(c));
        }
        throw GoFault.at(source, start, "this string has no end");
    }

    private String escape() {
        char c = source.charAt(at++);
        return switch (c) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case '\\', '"' -> String.valueOf(c);
            case 'x' -> codePoint(2);
            case 'u' -> codePoint(4);
            case 'U' -> codePoint(8);
            default -> throw GoFault.at(source, at - 2, "unknown escape '\\" + c + "'");
        };
    }

    private String codePoint(int digits) {
        int end = Math.min(at + digits, source.length());
        try {
            int code = Integer.parseInt(source.substring(at, end), 16);
            at = end;
            return Character.toString(code);
        } catch (IllegalArgumentException e) {
            throw GoFault.at(source, at, "no character has this number");
        }
    }

    private void name() {
        while (at < source.length()
                && (isLetter(source.charAt(at)) || isDigit(source.charAt(at)))) {
            at++;
        }
    }

    private char next() {
        return source.charAt(at + 1);
    }

    private boolean isTrimAfter(int index) {
        return index + 1 < source.length()
                && source.charAt(index) == '-'
                && GoSpace.is(source.charAt(index + 1));
    }

    private int skipSpace(int from) {
        int index = from;
        while (index < source.length() && GoSpace.is(source.charAt(index))) {
            index++;
        }
        return index;
    }

    private static boolean isLetter(char c) {
        return c == '_' || Character.isLetter(c);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void add(GoToken.Kind kind, String text, boolean apart, int start) {
        tokens.add(new GoToken(kind, text, apart, start));
    }
}
