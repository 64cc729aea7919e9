package dev.attune.text;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Reads what stands in the brackets behind a value: the arguments of a call, an index or a slice.
final class JinjaArguments {
    private final JinjaWords words;
    private final JinjaExpressions expressions;

    JinjaArguments(JinjaWords words, JinjaExpressions expressions) {
        this.words = words;
        this.expressions = expressions;
    }

    /// `(a, b, name=c, *d, **e)`
    JinjaExpr.Arguments list() {
        words.operator("(");
        words.enter();
        List<JinjaExpr> positional = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<JinjaExpr> named = new ArrayList<>();
        JinjaExpr star = null;
        JinjaExpr starStar = null;
        boolean first = true;
        while (!words.peek().isOperator(")")) {
            if (!first) {
                words.operator(",");
                if (words.peek().isOperator(")")) {
                    break;
                }
            }
            first = false;
            if (starStar != null) {
                throw TemplateFault.syntax("an argument behind '**'", words.peek().at());
            } else if (words.skipOperator("**")) {
                starStar = expressions.expression();
            } else if (words.peek().isOperator("*")) {
                requireNoStar(star);
                words.take();
                star = expressions.expression();
            } else if (words.peek().kind() == JinjaToken.Kind.NAME
                    && words.peekSecond().isOperator("=")) {
                JinjaToken name = words.take();
                if (names.contains(name.text())) {
                    throw TemplateFault.syntax(
                            "keyword argument repeated: " + name.text(), name.at());
                }
                names.add(name.text());
                words.take();
                named.add(expressions.expression());
            } else {
                requireNoStar(star);
                requireNoneNamed(names);
                positional.add(expressions.expression());
            }
        }
        words.operator(")");
        words.leave();
        return new JinjaExpr.Arguments(positional, names, named, star, starStar);
    }

    private void requireNoStar(@Nullable JinjaExpr star) {
        if (star != null) {
            throw TemplateFault.syntax("an argument by position behind '*'", words.peek().at());
        }
    }

    private void requireNoneNamed(List<String> names) {
        if (!names.isEmpty()) {
            throw TemplateFault.syntax(
                    "an argument by position after one by name", words.peek().at());
        }
    }

    /// `index]` or `from:to:step]`; several with commas make a tuple.
    JinjaExpr subscript(JinjaExpr target, int at) {
        if (words.skipOperator("]")) {
            return new JinjaExpr.Item(target, new JinjaExpr.TupleOf(List.of(), at), at);
        }
        words.enter();
        JinjaExpr value = one(target, at);
        if (words.peek().isOperator(",")) {
            if (!(value instanceof JinjaExpr.Item item)) {
                throw words.unexpected("']'");
            }
            List<JinjaExpr> indexes = new ArrayList<>(List.of(item.index()));
            while (words.skipOperator(",")) {
                indexes.add(expressions.expression());
            }
            value = new JinjaExpr.Item(target, new JinjaExpr.TupleOf(indexes, at), at);
        }
        words.operator("]");
        words.leave();
        return value;
    }

    private JinjaExpr one(JinjaExpr target, int at) {
        JinjaExpr from = words.peek().isOperator(":") ? null : expressions.expression();
        if (from != null && !words.peek().isOperator(":")) {
            return new JinjaExpr.Item(target, from, at);
        }
        words.operator(":");
        JinjaExpr to = bound();
        JinjaExpr step = words.skipOperator(":") ? bound() : null;
        return new JinjaExpr.Slice(target, from, to, step, at);
    }

    private @Nullable JinjaExpr bound() {
        JinjaToken next = words.peek();
        return next.isOperator(":") || next.isOperator("]") || next.isOperator(",")
                ? null
                : expressions.expression();
    }
}
