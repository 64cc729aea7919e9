package dev.attune.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cuts a template into words, with the white space rules of Jinja under `trim_blocks` and
/// `lstrip_blocks`, which chat templates are written for.
///
/// A newline right after a block or comment goes, as does white space before a block or comment
/// that begins its line; `-` inside a tag takes all white space on its side, `+` keeps it. One
/// newline at the end of the template goes.
final class JinjaLexer {
    private static final Pattern RAW_BEGIN =
            Pattern.compile("\\{%([-+]?)\\s*raw\\s*(-%\\}\\s*|%\\})");
    private static final Pattern RAW_END =
            Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(\\+%\\}|-%\\}\\s*|%\\}\\n?)");
    private static final Pattern NAME =
            Pattern.compile("[\\p{L}\\p{Nl}_][\\p{L}\\p{Nl}\\p{Mn}\\p{Mc}\\p{Nd}\\p{Pc}_]*+");
    private static final Pattern FLOAT =
            Pattern.compile(
                    "(?:\\d++_)*+\\d++(?:(?:\\.(?:\\d++_)*+\\d++)?[eE][+-]?(?:\\d++_)*+\\d++|\\.(?:\\d++_)*+\\d++)");
    private static final Pattern INTEGER =
            Pattern.compile(
                    "0[bB](?:_?[01])++|0[oO](?:_?[0-7])++|0[xX](?:_?[0-9a-fA-F])++|[1-9](?:_?\\d)*+|0(?:_?0)*+");
    private static final List<String> OPERATORS =
            List.of(
                    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(",
                    ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";");

    private final String source;
    private final List<JinjaToken> tokens = new ArrayList<>();
    private int at;
    private boolean lineStarting = true;

    private JinjaLexer(String source) {
        this.source = source;
    }

    /// The source as the lexer reads it: newlines are `\n`, and the last one is gone.
    static String normalized(String source) {
        String unix =
                source.indexOf('\r') < 0
                        ? source
                        : source.replace("\r\n", "\n").replace('\r', '\n');
        return unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix;
    }

    /// The words of a normalized source.
    static List<JinjaToken> tokens(String normalized) {
        JinjaLexer lexer = new JinjaLexer(normalized);
        while (lexer.at < normalized.length()) {
            lexer.data();
        }
        lexer.add(JinjaToken.Kind.END, "", normalized.length());
        return lexer.tokens;
    }

    private void add(JinjaToken.Kind kind, String text, int start) {
        tokens.add(new JinjaToken(kind, text, start));
    }

    private void data() {
        int begin = nextTag(at);
        if (begin < 0) {
            if (at < source.length()) {
                add(JinjaToken.Kind.DATA, source.substring(at), at);
            }
            at = source.length();
            return;
        }
        char tag = source.charAt(begin + 1);
        Matcher raw = RAW_BEGIN.matcher(source).region(begin, source.length());
        boolean isRaw = tag == '%' && raw.lookingAt();
        char sign = begin + 2 < source.length() ? source.charAt(begin + 2) : ' ';
        text(at, begin, sign, tag != '{');
        at = begin + (sign == '-' || sign == '+' ? 3 : 2);
        if (isRaw) {
            at = raw.end();
            endedWith(at);
            raw(begin);
        } else if (tag == '#') {
            comment(begin);
        } else {
            lineStarting = false;
            add(
                    tag == '{' ? JinjaToken.Kind.VARIABLE_BEGIN : JinjaToken.Kind.BLOCK_BEGIN,
                    "",
                    begin);
            inside(tag == '{', begin);
        }
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0; i = source.indexOf('{', i + 1)) {
            char next = i + 1 < source.length() ? source.charAt(i + 1) : ' ';
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    /// The text before a tag, with its right end stripped as the tag's sign and place ask for.
    private void text(int from, int to, char sign, boolean strippable) {
        int end = to;
        if (sign == '-') {
            while (end > from && PyChars.isSpace(source.charAt(end - 1))) {
                end--;
            }
        } else if (sign != '+' && strippable) {
            int blank = to;
            while (blank > from && isBlank(source.charAt(blank - 1))) {
                blank--;
            }
            boolean lineStart = blank > from ? source.charAt(blank - 1) == '\n' : lineStarting;
            end = lineStart ? blank : to;
        }
        if (end > from) {
            add(JinjaToken.Kind.DATA, source.substring(from, end), from);
        }
    }

    private static boolean isBlank(char c) {
        return c != '\n' && PyChars.isSpace(c);
    }

    private void comment(int begin) {
        int close = source.indexOf("#}", at);
        if (close < 0) {
            throw TemplateFault.syntax("this comment has no end '#}'", begin);
        }
        char sign = close > at ? source.charAt(close - 1) : ' ';
        at = close + 2;
        afterTag(sign, true);
    }

    private void raw(int begin) {
        if (at == source.length()) {
            return;
        }
        Matcher end = RAW_END.matcher(source);
        if (!end.find(at)) {
            throw TemplateFault.syntax("this raw block has no endraw", begin);
        }
        String sign = end.group(1);
        text(at, end.start(), sign.isEmpty() ? ' ' : sign.charAt(0), true);
        at = end.end();
        endedWith(at);
    }

    /// White space after a tag's end goes as its sign says.
    private void afterTag(char sign, boolean trimNewline) {
        if (sign == '-') {
            while (at < source.length() && PyChars.isSpace(source.charAt(at))) {
                at++;
            }
        } else if (sign != '+'
                && trimNewline
                && at < source.length()
                && source.charAt(at) == '\n') {
            at++;
        }
        endedWith(at);
    }

    private void endedWith(int end) {
        lineStarting = end > 0 && source.charAt(end - 1) == '\n';
    }

    private void inside(boolean variable, int begin) {
        Deque<Character> open = new ArrayDeque<>();
        while (true) {
            skipSpace();
            if (at >= source.length()) {
                throw TemplateFault.syntax(
                        "this tag has no end '" + (variable ? "}}" : "%}") + "'", begin);
            }
            if (open.isEmpty() && tagEnd(variable)) {
                return;
            }
            word(open);
        }
    }

    private boolean tagEnd(boolean variable) {
        char c = source.charAt(at);
        boolean signed = c == '-' || (c == '+' && !variable);
        String close = variable ? "}}" : "%}";
        if (!source.startsWith(close, signed ? at + 1 : at)) {
            return false;
        }
        add(variable ? JinjaToken.Kind.VARIABLE_END : JinjaToken.Kind.BLOCK_END, "", at);
        at += signed ? 3 : 2;
        afterTag(signed ? c : ' ', !variable);
        return true;
    }

    private void skipSpace() {
        while (at < source.length() && PyChars.isSpace(source.charAt(at))) {
            at++;
        }
    }

    private void word(Deque<Character> open) {
        char c = source.charAt(at);
        if (c == '"' || c == '\'') {
            string(c);
            return;
        }
        if (c >= '0' && c <= '9') {
            boolean afterPoint = source.charAt(at - 1) == '.';
            if (afterPoint || !matched(FLOAT, JinjaToken.Kind.FLOAT)) {
                matched(INTEGER, JinjaToken.Kind.INTEGER);
            }
            return;
        }
        if (matched(NAME, JinjaToken.Kind.NAME)) {
            return;
        }
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                balance(operator.charAt(0), open);
                add(JinjaToken.Kind.OPERATOR, operator, at);
                at += operator.length();
                return;
            }
        }
        throw TemplateFault.syntax(
                "unexpected character '" + Character.toString(source.codePointAt(at)) + "'", at);
    }

    private boolean matched(Pattern pattern, JinjaToken.Kind kind) {
        Matcher matcher = pattern.matcher(source).region(at, source.length());
        if (!matcher.lookingAt()) {
            return false;
        }
        add(kind, matcher.group(), at);
        at = matcher.end();
        return true;
    }

    private void balance(char operator, Deque<Character> open) {
        switch (operator) {
            case '(' -> open.push(')');
            case '[' -> open.push(']');
            case '{' -> open.push('}');
            case ')', ']', '}' -> {
                if (open.isEmpty() || open.pop() != operator) {
                    throw TemplateFault.syntax("unexpected '" + operator + "'", at);
                }
            }
            default -> {}
        }
    }

    private void string(char quote) {
        int begin = at;
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw TemplateFault.syntax("this string has no end " + quote, begin);
        }
        add(
                JinjaToken.Kind.STRING,
                PyEscapes.unescaped(source.substring(begin + 1, end), begin),
                begin);
        at = end + 1;
    }
}
