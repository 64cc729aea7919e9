package dev.attune.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads a template: text, outputs and the statements that chat templates use.
final class JinjaParser {
    private static final Set<String> SPECIALS = Set.of("varargs", "kwargs", "caller");
    private static final Set<String> LOADERS = Set.of("include", "import", "from", "extends");

    private final JinjaWords words;
    private final JinjaExpressions expressions;
    private final List<JinjaToken> tokens;
    private int loops;

    private JinjaParser(List<JinjaToken> tokens) {
        this.tokens = tokens;
        this.words = new JinjaWords(tokens);
        this.expressions = new JinjaExpressions(words);
    }

    /// The statements of a normalized source.
    static List<JinjaStatement> parse(String normalized) {
        JinjaParser parser = new JinjaParser(JinjaLexer.tokens(normalized));
        List<JinjaStatement> body = parser.until("the template");
        if (parser.words.peek().kind() != JinjaToken.Kind.END) {
            throw parser.strayEnd();
        }
        parser.expressions.requireKnown();
        return body;
    }

    private TemplateFault strayEnd() {
        JinjaToken name = words.peekSecond();
        return TemplateFault.syntax("found '" + name.text() + "' with nothing to end", name.at());
    }

    /// Statements up to a block tag that starts with one of the names, which is not taken.
    private List<JinjaStatement> until(String owner, String... ends) {
        words.enter();
        List<JinjaStatement> body = new ArrayList<>();
        while (true) {
            JinjaToken token = words.peek();
            switch (token.kind()) {
                case DATA -> {
                    words.take();
                    body.add(new JinjaStatement.Data(SourcedText.of(token.text()), token.at()));
                }
                case VARIABLE_BEGIN -> {
                    words.take();
                    body.add(new JinjaStatement.Output(expressions.tuple(true), token.at()));
                    words.require(JinjaToken.Kind.VARIABLE_END, "'}}'");
                }
                case BLOCK_BEGIN -> {
                    String name = words.peekSecond().text();
                    if (List.of(ends).contains(name) || (ends.length == 0 && isEnd(name))) {
                        words.leave();
                        return body;
                    }
                    words.take();
                    body.add(statement(token.at()));
                }
                case END -> {
                    if (ends.length > 0) {
                        throw TemplateFault.syntax(
                                owner + " has no " + ends[ends.length - 1], token.at());
                    }
                    words.leave();
                    return body;
                }
                case VARIABLE_END, BLOCK_END, NAME, STRING, INTEGER, FLOAT, OPERATOR ->
                        throw words.unexpected("text or a tag");
            }
        }
    }

    private static boolean isEnd(String name) {
        return name.startsWith("end") || name.equals("else") || name.equals("elif");
    }

    private JinjaStatement statement(int at) {
        JinjaToken name = words.require(JinjaToken.Kind.NAME, "the name of a tag");
        return switch (name.text()) {
            case "if" -> ifStatement(at);
            case "for" -> forStatement(at);
            case "set" -> set(at);
            case "macro" -> macro(at);
            case "call" -> callBlock(at);
            case "filter" -> filterBlock(at);
            case "with" -> with(at);
            case "generation" -> {
                close();
                yield new JinjaStatement.Generation(framed("generation"), at);
            }
            case "break" -> {
                requireLoop(name);
                yield new JinjaStatement.Break(at);
            }
            case "continue" -> {
                requireLoop(name);
                yield new JinjaStatement.Continue(at);
            }
            case "print" -> {
                JinjaStatement output = print(at);
                close();
                yield output;
            }
            default -> throw unknown(name);
        };
    }

    /// `{% print a, b %}` writes both, where `{{ a, b }}` writes a tuple.
    private JinjaStatement print(int at) {
        List<JinjaExpr> values = new ArrayList<>();
        while (words.peek().kind() != JinjaToken.Kind.BLOCK_END) {
            if (!values.isEmpty()) {
                words.operator(",");
            }
            values.add(expressions.expression());
        }
        return new JinjaStatement.Output(new JinjaExpr.Concat(values, at), at);
    }

    private static TemplateFault unknown(JinjaToken name) {
        String why =
                LOADERS.contains(name.text())
                        ? "the tag '"
                                + name.text()
                                + "' would read another template, which a"
                                + " chat template may not"
                        : "unknown tag '" + name.text() + "'";
        return TemplateFault.syntax(why, name.at());
    }

    private void requireLoop(JinjaToken name) {
        if (loops == 0) {
            throw TemplateFault.syntax("'" + name.text() + "' outside of a loop", name.at());
        }
        close();
    }

    private void close() {
        words.require(JinjaToken.Kind.BLOCK_END, "'%}'");
    }

    private List<JinjaStatement> body(String name) {
        String end = "end" + name;
        List<JinjaStatement> body = until(name, end);
        endTag();
        close();
        return body;
    }

    private String endTag() {
        words.take();
        return words.take().text();
    }

    private JinjaStatement ifStatement(int at) {
        List<JinjaExpr> conditions = new ArrayList<>();
        List<List<JinjaStatement>> branches = new ArrayList<>();
        List<JinjaStatement> otherwise = List.of();
        int unknown = expressions.unknown();
        conditions.add(expressions.tuple(false));
        close();
        branches.add(until("if", "elif", "else", "endif"));
        while (true) {
            String tag = endTag();
            if (tag.equals("elif")) {
                conditions.add(expressions.tuple(false));
                close();
                branches.add(until("if", "elif", "else", "endif"));
            } else if (tag.equals("else")) {
                close();
                otherwise = until("if", "endif");
                endTag();
                close();
                break;
            } else {
                close();
                break;
            }
        }
        expressions.forgive(unknown);
        return new JinjaStatement.If(conditions, branches, otherwise, at);
    }

    private JinjaStatement forStatement(int at) {
        int targetAt = words.peek().at();
        JinjaStatement.Target target = target();
        requireNames(target, targetAt);
        if (!words.skipName("in")) {
            throw words.unexpected("'in'");
        }
        JinjaExpr items = expressions.tuple(false);
        int unknown = expressions.unknown();
        JinjaExpr condition = words.skipName("if") ? expressions.expression() : null;
        boolean recursive = words.skipName("recursive");
        close();
        loops++;
        List<JinjaStatement> body = until("for", "else", "endfor");
        loops--;
        List<JinjaStatement> otherwise = List.of();
        if (endTag().equals("else")) {
            close();
            otherwise = until("for", "endfor");
            endTag();
        }
        close();
        expressions.insist(unknown);
        return new JinjaStatement.For(target, items, condition, recursive, body, otherwise, at);
    }

    private static void requireNames(JinjaStatement.Target target, int at) {
        switch (target) {
            case JinjaStatement.Target.Variable variable -> {
                if (variable.name().equals("loop")) {
                    throw TemplateFault.syntax(
                            "Can't assign to special loop variable in for-loop target", at);
                }
            }
            case JinjaStatement.Target.Member member ->
                    throw TemplateFault.syntax(
                            "a loop sets variables, not '"
                                    + member.namespace()
                                    + "."
                                    + member.attribute()
                                    + "'",
                            at);
            case JinjaStatement.Target.Several several ->
                    several.parts().forEach(part -> requireNames(part, at));
        }
    }

    private JinjaStatement.Target target() {
        JinjaStatement.Target first = targetPart();
        if (!words.peek().isOperator(",")) {
            return first;
        }
        List<JinjaStatement.Target> parts = new ArrayList<>(List.of(first));
        while (words.skipOperator(",")) {
            parts.add(targetPart());
        }
        return new JinjaStatement.Target.Several(parts);
    }

    private JinjaStatement.Target targetPart() {
        if (words.skipOperator("(")) {
            words.enter();
            JinjaStatement.Target inner = target();
            words.leave();
            words.operator(")");
            return inner;
        }
        JinjaToken name = words.require(JinjaToken.Kind.NAME, "a name");
        if (words.skipOperator(".")) {
            JinjaToken attribute = words.require(JinjaToken.Kind.NAME, "a name");
            return new JinjaStatement.Target.Member(name.text(), attribute.text(), name.at());
        }
        if (Set.of("true", "false", "none", "True", "False", "None").contains(name.text())) {
            throw TemplateFault.syntax("cannot assign to '" + name.text() + "'", name.at());
        }
        return new JinjaStatement.Target.Variable(name.text());
    }

    private JinjaStatement set(int at) {
        JinjaStatement.Target target = target();
        if (words.skipOperator("=")) {
            JinjaExpr value = expressions.tuple(true);
            close();
            return new JinjaStatement.Assign(target, value, at);
        }
        JinjaExpr filters = null;
        while (words.peek().isOperator("|")) {
            filters = expressions.filter(filters);
        }
        close();
        return new JinjaStatement.AssignBlock(target, filters, inner("set"), at);
    }

    /// A body in which `break` and `continue` of a loop around it have no place.
    private List<JinjaStatement> inner(String name) {
        int outer = loops;
        loops = 0;
        List<JinjaStatement> body = framed(name);
        loops = outer;
        return body;
    }

    /// A body with variables of its own, in which an unknown filter is never forgiven.
    private List<JinjaStatement> framed(String name) {
        int unknown = expressions.unknown();
        List<JinjaStatement> body = body(name);
        expressions.insist(unknown);
        return body;
    }

    private JinjaStatement macro(int at) {
        String name = words.require(JinjaToken.Kind.NAME, "the name of the macro").text();
        Parameters parameters = parameters();
        close();
        int from = words.position();
        List<JinjaStatement> body = inner("macro");
        return new JinjaStatement.Macro(name, parameters.reading(specials(from)), body, at);
    }

    private JinjaStatement callBlock(int at) {
        Parameters parameters =
                words.peek().isOperator("(") ? parameters() : new Parameters(List.of(), List.of());
        int callAt = words.peek().at();
        if (!(expressions.expression() instanceof JinjaExpr.Call call)) {
            throw TemplateFault.syntax("expected a call after 'call'", callAt);
        }
        close();
        int from = words.position();
        List<JinjaStatement> body = inner("call");
        return new JinjaStatement.CallBlock(parameters.reading(specials(from)), call, body, at);
    }

    private record Parameters(List<String> names, List<JinjaExpr> defaults) {
        JinjaStatement.Signature reading(Set<String> specials) {
            return new JinjaStatement.Signature(names, defaults, specials);
        }
    }

    private Parameters parameters() {
        words.operator("(");
        List<String> names = new ArrayList<>();
        List<JinjaExpr> defaults = new ArrayList<>();
        while (!words.peek().isOperator(")")) {
            if (!names.isEmpty()) {
                words.operator(",");
                if (words.peek().isOperator(")")) {
                    break;
                }
            }
            JinjaToken name = words.require(JinjaToken.Kind.NAME, "the name of a parameter");
            names.add(name.text());
            if (words.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw TemplateFault.syntax(
                        "the parameter '" + name.text() + "' needs a default as those before it",
                        name.at());
            }
        }
        words.operator(")");
        return new Parameters(names, defaults);
    }

    /// Which of the special names the words since `from` read.
    private Set<String> specials(int from) {
        Set<String> read = new HashSet<>();
        for (int i = from; i < words.position(); i++) {
            JinjaToken token = tokens.get(i);
            boolean name = token.kind() == JinjaToken.Kind.NAME;
            if (name && SPECIALS.contains(token.text()) && !tokens.get(i - 1).isOperator(".")) {
                read.add(token.text());
            }
        }
        return read;
    }

    private JinjaStatement filterBlock(int at) {
        JinjaExpr filters = expressions.namedFilter(null);
        while (words.peek().isOperator("|")) {
            filters = expressions.filter(filters);
        }
        close();
        return new JinjaStatement.FilterBlock(filters, inner("filter"), at);
    }

    private JinjaStatement with(int at) {
        List<JinjaStatement.Target> targets = new ArrayList<>();
        List<JinjaExpr> values = new ArrayList<>();
        while (words.peek().kind() != JinjaToken.Kind.BLOCK_END) {
            if (!targets.isEmpty()) {
                words.operator(",");
            }
            targets.add(targetPart());
            words.operator("=");
            values.add(expressions.expression());
        }
        close();
        return new JinjaStatement.With(targets, values, framed("with"), at);
    }
}
