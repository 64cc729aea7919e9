package dev.attune.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Reads a template in Go's language.
///
/// ```
/// template := (text | action)*
/// action   := {{ if pipe }} ... {{ else if pipe }} ... {{ else }} ... {{ end }}
///           | {{ with pipe }} ... | {{ range [$i, $e :=] pipe }} ... | {{ $x := pipe }} | {{ pipe }}
/// pipe     := command ("|" command)*
/// command  := operand | function operand*
/// operand  := (constant | .field | $variable | "(" pipe ")") .field*
/// ```
final class GoParser {
    private static final int MAX_DEPTH = 200;

    private final String source;
    private final List<GoToken> tokens;
    private int at;
    private int depth;

    private GoParser(String source) {
        this.source = source;
        this.tokens = GoLexer.tokens(source);
    }

    static List<GoNode> parse(String source) {
        GoParser parser = new GoParser(source);
        List<GoNode> nodes = parser.body();
        if (parser.peek().kind() != GoToken.Kind.END) {
            throw parser.fault("unexpected " + parser.tokens.get(parser.at + 1).text());
        }
        return nodes;
    }

    /// The nodes before the end, an `else` or an `end`, which stays unread.
    private List<GoNode> body() {
        if (++depth > MAX_DEPTH) {
            throw fault("blocks stand more than %d deep".formatted(MAX_DEPTH));
        }
        List<GoNode> nodes = new ArrayList<>();
        while (peek().kind() != GoToken.Kind.END && !(opens("else") || opens("end"))) {
            if (peek().kind() == GoToken.Kind.TEXT) {
                nodes.add(new GoNode.Text(next().text()));
            } else {
                expect(GoToken.Kind.OPEN, "{{");
                nodes.add(action());
            }
        }
        depth--;
        return nodes;
    }

    private GoNode action() {
        if (peek().kind() == GoToken.Kind.VARIABLE && assigns(at + 1)) {
            GoNode assigned = assignment();
            close();
            return assigned;
        }
        String word = peek().kind() == GoToken.Kind.NAME ? peek().text() : "";
        if (Set.of("define", "template", "block").contains(word)) {
            throw fault("'" + word + "' is not known here");
        }
        return switch (word) {
            case "if" -> branch();
            case "with" -> with();
            case "range" -> range();
            case "break" -> alone(new GoNode.Break());
            case "continue" -> alone(new GoNode.Continue());
            default -> {
                GoExpr value = pipe();
                close();
                yield new GoNode.Show(value);
            }
        };
    }

    private GoNode assignment() {
        String name = next().text();
        boolean isNew = next().text().equals(":=");
        return new GoNode.Assign(name, pipe(), isNew);
    }

    private GoNode alone(GoNode node) {
        next();
        close();
        return node;
    }

    private GoNode branch() {
        next();
        GoExpr condition = pipe();
        close();
        List<GoNode> body = body();
        return new GoNode.If(condition, body, otherwise());
    }

    private GoNode with() {
        next();
        String variable = "";
        if (peek().kind() == GoToken.Kind.VARIABLE && assigns(at + 1)) {
            variable = next().text();
            next();
        }
        GoExpr value = pipe();
        close();
        List<GoNode> body = body();
        return new GoNode.With(variable, value, body, otherwise());
    }

    private GoNode range() {
        next();
        String index = "";
        String element = "";
        if (peek().kind() == GoToken.Kind.VARIABLE && assigns(at + 1)) {
            element = next().text();
            next();
        } else if (peek().kind() == GoToken.Kind.VARIABLE && isSign(at + 1, ",")) {
            index = next().text();
            next();
            element = expectKind(GoToken.Kind.VARIABLE, "a variable").text();
            expect(GoToken.Kind.SIGN, ":=");
        }
        GoExpr list = pipe();
        close();
        List<GoNode> body = body();
        return new GoNode.Range(index, element, list, body, otherwise());
    }

    /// Reads to behind the `end`.
    private List<GoNode> otherwise() {
        expect(GoToken.Kind.OPEN, "{{");
        String word = expectKind(GoToken.Kind.NAME, "else or end").text();
        if (word.equals("end")) {
            close();
            return List.of();
        }
        if (peek().is(GoToken.Kind.NAME, "if")) {
            return List.of(branch());
        }
        if (peek().is(GoToken.Kind.NAME, "with")) {
            return List.of(with());
        }
        close();
        List<GoNode> body = body();
        expect(GoToken.Kind.OPEN, "{{");
        expect(GoToken.Kind.NAME, "end");
        close();
        return body;
    }

    private GoExpr pipe() {
        GoExpr value = command(List.of());
        while (isSign(at, "|")) {
            next();
            value = command(List.of(value));
        }
        return value;
    }

    private GoExpr command(List<GoExpr> handedOn) {
        GoToken first = peek();
        boolean function = first.kind() == GoToken.Kind.NAME && !isConstant(first.text());
        if (!function) {
            if (!handedOn.isEmpty()) {
                throw fault("a pipe must end in a function");
            }
            return operand();
        }
        next();
        if (!GoFunctions.isKnown(first.text())) {
            throw fault("the function '" + first.text() + "' is not known here");
        }
        List<GoExpr> arguments = new ArrayList<>();
        while (peek().kind() != GoToken.Kind.CLOSE && !isSign(at, "|") && !isSign(at, ")")) {
            arguments.add(operand());
        }
        arguments.addAll(handedOn);
        return new GoExpr.Call(first.text(), arguments);
    }

    private GoExpr operand() {
        GoToken token = next();
        GoExpr value =
                switch (token.kind()) {
                    case STRING -> new GoExpr.Constant(token.text());
                    case NUMBER -> new GoExpr.Constant(number(token));
                    case NAME -> named(token);
                    case VARIABLE -> new GoExpr.Variable(token.text());
                    case FIELD ->
                            token.text().isEmpty()
                                    ? new GoExpr.Dot()
                                    : new GoExpr.Field(new GoExpr.Dot(), token.text());
                    case SIGN -> inner(token);
                    case TEXT, OPEN, CLOSE, END -> throw fault("a value is missing");
                };
        while (peek().kind() == GoToken.Kind.FIELD && !peek().apart()) {
            value = new GoExpr.Field(value, next().text());
        }
        return value;
    }

    private GoExpr inner(GoToken token) {
        if (!token.text().equals("(") || ++depth > MAX_DEPTH) {
            throw fault("unexpected '" + token.text() + "'");
        }
        GoExpr value = pipe();
        depth--;
        expect(GoToken.Kind.SIGN, ")");
        return value;
    }

    private GoExpr named(GoToken token) {
        return switch (token.text()) {
            case "true" -> new GoExpr.Constant(true);
            case "false" -> new GoExpr.Constant(false);
            // A function without arguments, as an argument.
            default -> {
                if (!GoFunctions.isKnown(token.text())) {
                    throw fault("the function '" + token.text() + "' is not known here");
                }
                yield new GoExpr.Call(token.text(), List.of());
            }
        };
    }

    private long number(GoToken token) {
        try {
            return Long.parseLong(token.text());
        } catch (NumberFormatException e) {
            throw GoFault.at(source, token.at(), "not a whole number: " + token.text());
        }
    }

    private static boolean isConstant(String word) {
        return word.equals("true") || word.equals("false");
    }

    private boolean assigns(int index) {
        return isSign(index, ":=") || isSign(index, "=");
    }

    private boolean isSign(int index, String sign) {
        return tokens.get(index).is(GoToken.Kind.SIGN, sign);
    }

    private boolean opens(String word) {
        return peek().kind() == GoToken.Kind.OPEN && tokens.get(at + 1).is(GoToken.Kind.NAME, word);
    }

    private void close() {
        expect(GoToken.Kind.CLOSE, "}}");
    }

    private void expect(GoToken.Kind kind, String text) {
        if (!peek().is(kind, text)) {
            throw fault("expected '" + text + "'");
        }
        next();
    }

    private GoToken expectKind(GoToken.Kind kind, String what) {
        if (peek().kind() != kind) {
            throw fault("expected " + what);
        }
        return next();
    }

    private GoToken peek() {
        return tokens.get(at);
    }

    private GoToken next() {
        GoToken token = tokens.get(at);
        if (token.kind() != GoToken.Kind.END) {
            at++;
        }
        return token;
    }

    private RuntimeException fault(String what) {
        return GoFault.at(source, peek().at(), what);
    }
}
