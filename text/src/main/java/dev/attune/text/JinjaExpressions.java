package dev.attune.text;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Reads expressions, with Jinja's precedence from `if else` down to filters, which bind tightest.
final class JinjaExpressions {
    private static final Set<JinjaToken.Kind> STARTS_TEST_ARGUMENT =
            Set.of(
                    JinjaToken.Kind.NAME,
                    JinjaToken.Kind.STRING,
                    JinjaToken.Kind.INTEGER,
                    JinjaToken.Kind.FLOAT);

    /// Terms of one chain, such as `a + b + c`, which are evaluated one inside the other.
    private static final int MAX_CHAIN = 400;

    private final JinjaWords words;
    private final JinjaArguments arguments;
    private final List<TemplateFault> unknown = new ArrayList<>();
    private @Nullable TemplateFault firstUnknown;

    JinjaExpressions(JinjaWords words) {
        this.words = words;
        this.arguments = new JinjaArguments(words, this);
    }

    /// One expression, or several with commas between them, which make a tuple.
    JinjaExpr tuple(boolean withChoice) {
        int at = words.peek().at();
        List<JinjaExpr> items = new ArrayList<>();
        boolean comma = false;
        while (!endsTuple()) {
            items.add(withChoice ? expression() : or());
            comma = words.skipOperator(",");
            if (!comma) {
                break;
            }
        }
        if (items.isEmpty()) {
            throw words.unexpected("an expression");
        }
        return items.size() == 1 && !comma ? items.getFirst() : new JinjaExpr.TupleOf(items, at);
    }

    private boolean endsTuple() {
        JinjaToken next = words.peek();
        return next.kind() == JinjaToken.Kind.VARIABLE_END
                || next.kind() == JinjaToken.Kind.BLOCK_END
                || next.isOperator(")");
    }

    /// One expression.
    JinjaExpr expression() {
        words.enter();
        int unknownBefore = unknown.size();
        JinjaExpr value = or();
        int chain = 0;
        while (words.peek().isName("if")) {
            int at = words.take().at();
            JinjaExpr condition = or();
            JinjaExpr otherwise = words.skipName("else") ? expression() : null;
            value = new JinjaExpr.Choice(condition, value, otherwise, at);
            chain = bounded(chain);
            forgive(unknownBefore);
        }
        words.leave();
        return value;
    }

    /// How many filters and tests that do not exist were met and not forgiven.
    int unknown() {
        return unknown.size();
    }

    /// Leaves it to the run to complain of what was met since there were `before`: Jinja does so
    /// inside of `if`, where a template may have asked first whether a filter exists.
    void forgive(int before) {
        unknown.subList(before, unknown.size()).clear();
    }

    /// Makes sure that what was met since there were `before` is complained of, whatever stands
    /// around it.
    void insist(int before) {
        if (firstUnknown == null && unknown.size() > before) {
            firstUnknown = unknown.get(before);
        }
    }

    /// Complains of the first filter or test that does not exist.
    void requireKnown() {
        insist(0);
        if (firstUnknown != null) {
            throw firstUnknown;
        }
    }

    /// An expression without `if else`.
    JinjaExpr or() {
        JinjaExpr left = and();
        int chain = 0;
        while (words.peek().isName("or")) {
            int at = words.take().at();
            left = new JinjaExpr.Or(left, and(), at);
            chain = bounded(chain);
        }
        return left;
    }

    private JinjaExpr and() {
        JinjaExpr left = not();
        int chain = 0;
        while (words.peek().isName("and")) {
            int at = words.take().at();
            left = new JinjaExpr.And(left, not(), at);
            chain = bounded(chain);
        }
        return left;
    }

    private JinjaExpr not() {
        if (!words.peek().isName("not")) {
            return compare();
        }
        int at = words.take().at();
        words.enter();
        JinjaExpr operand = not();
        words.leave();
        return new JinjaExpr.Not(operand, at);
    }

    private JinjaExpr compare() {
        int at = words.peek().at();
        JinjaExpr first = sum();
        List<JinjaExpr.Relation> relations = new ArrayList<>();
        List<JinjaExpr> others = new ArrayList<>();
        for (JinjaExpr.Relation relation = relation(); relation != null; relation = relation()) {
            relations.add(relation);
            others.add(sum());
        }
        return others.isEmpty() ? first : new JinjaExpr.Compare(first, relations, others, at);
    }

    private JinjaExpr.@Nullable Relation relation() {
        JinjaToken next = words.peek();
        if (next.isName("not") && words.peekSecond().isName("in")) {
            words.take();
            words.take();
            return JinjaExpr.Relation.NOT_IN;
        }
        if (next.isName("in")) {
            words.take();
            return JinjaExpr.Relation.IN;
        }
        if (next.kind() != JinjaToken.Kind.OPERATOR) {
            return null;
        }
        JinjaExpr.Relation relation =
                switch (next.text()) {
                    case "==" -> JinjaExpr.Relation.EQUAL;
                    case "!=" -> JinjaExpr.Relation.NOT_EQUAL;
                    case "<" -> JinjaExpr.Relation.LESS;
                    case "<=" -> JinjaExpr.Relation.LESS_EQUAL;
                    case ">" -> JinjaExpr.Relation.GREATER;
                    case ">=" -> JinjaExpr.Relation.GREATER_EQUAL;
                    default -> null;
                };
        if (relation != null) {
            words.take();
        }
        return relation;
    }

    private JinjaExpr sum() {
        JinjaExpr left = concat();
        int chain = 0;
        while (words.peek().isOperator("+") || words.peek().isOperator("-")) {
            JinjaToken sign = words.take();
            JinjaExpr.Operator operator =
                    sign.text().equals("+") ? JinjaExpr.Operator.ADD : JinjaExpr.Operator.SUBTRACT;
            left = new JinjaExpr.Binary(operator, left, concat(), sign.at());
            chain = bounded(chain);
        }
        return left;
    }

    private JinjaExpr concat() {
        JinjaExpr first = product();
        if (!words.peek().isOperator("~")) {
            return first;
        }
        List<JinjaExpr> parts = new ArrayList<>(List.of(first));
        while (words.skipOperator("~")) {
            parts.add(product());
        }
        return new JinjaExpr.Concat(parts, first.at());
    }

    private JinjaExpr product() {
        JinjaExpr left = power();
        int chain = 0;
        while (true) {
            JinjaToken next = words.peek();
            JinjaExpr.Operator operator =
                    next.isOperator("*")
                            ? JinjaExpr.Operator.MULTIPLY
                            : next.isOperator("/")
                                    ? JinjaExpr.Operator.DIVIDE
                                    : next.isOperator("//")
                                            ? JinjaExpr.Operator.FLOOR_DIVIDE
                                            : next.isOperator("%")
                                                    ? JinjaExpr.Operator.MODULO
                                                    : null;
            if (operator == null) {
                return left;
            }
            words.take();
            left = new JinjaExpr.Binary(operator, left, power(), next.at());
            chain = bounded(chain);
        }
    }

    private JinjaExpr power() {
        JinjaExpr left = unary(true);
        int chain = 0;
        while (words.peek().isOperator("**")) {
            int at = words.take().at();
            left = new JinjaExpr.Binary(JinjaExpr.Operator.POWER, left, unary(true), at);
            chain = bounded(chain);
        }
        return left;
    }

    private JinjaExpr unary(boolean withFilter) {
        JinjaToken next = words.peek();
        JinjaExpr value;
        if (next.isOperator("-") || next.isOperator("+")) {
            words.take();
            words.enter();
            value = new JinjaExpr.Signed(unary(false), next.isOperator("-"), next.at());
            words.leave();
        } else {
            value = primary();
        }
        value = postfix(value);
        return withFilter ? filters(value) : value;
    }

    /// A constant, a name, or what stands in brackets.
    JinjaExpr primary() {
        JinjaToken token = words.peek();
        int at = token.at();
        return switch (token.kind()) {
            case NAME -> name(words.take());
            case STRING -> strings();
            case INTEGER -> new JinjaExpr.Constant(integer(words.take()), at);
            case FLOAT ->
                    new JinjaExpr.Constant(
                            Double.parseDouble(words.take().text().replace("_", "")), at);
            case OPERATOR -> bracket(token);
            case DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, END ->
                    throw words.unexpected("an expression");
        };
    }

    private JinjaExpr name(JinjaToken token) {
        Object constant =
                switch (token.text()) {
                    case "true", "True" -> true;
                    case "false", "False" -> false;
                    case "none", "None" -> PyNone.NONE;
                    default -> null;
                };
        return constant == null
                ? new JinjaExpr.Name(token.text(), token.at())
                : new JinjaExpr.Constant(constant, token.at());
    }

    private JinjaExpr strings() {
        JinjaToken first = words.take();
        StringBuilder text = new StringBuilder(first.text());
        while (words.peek().kind() == JinjaToken.Kind.STRING) {
            text.append(words.take().text());
        }
        return new JinjaExpr.Constant(SourcedText.of(text.toString()), first.at());
    }

    private static Object integer(JinjaToken token) {
        String digits = token.text().replace("_", "");
        int radix = 10;
        if (digits.length() > 2 && digits.charAt(0) == '0') {
            radix =
                    switch (Character.toLowerCase(digits.charAt(1))) {
                        case 'x' -> 16;
                        case 'o' -> 8;
                        case 'b' -> 2;
                        default -> 10;
                    };
        }
        if (digits.length() > 1000) {
            throw TemplateFault.syntax("a number of more than 1000 digits", token.at());
        }
        return PyNumbers.narrowed(
                new BigInteger(radix == 10 ? digits : digits.substring(2), radix));
    }

    private JinjaExpr bracket(JinjaToken token) {
        words.enter();
        JinjaExpr value;
        if (words.skipOperator("(")) {
            if (words.skipOperator(")")) {
                value = new JinjaExpr.TupleOf(List.of(), token.at());
            } else {
                value = tuple(true);
                words.operator(")");
            }
        } else if (words.skipOperator("[")) {
            value = new JinjaExpr.ListOf(listed("]"), token.at());
        } else if (words.skipOperator("{")) {
            value = dict(token.at());
        } else {
            throw words.unexpected("an expression");
        }
        words.leave();
        return value;
    }

    private List<JinjaExpr> listed(String close) {
        List<JinjaExpr> items = new ArrayList<>();
        while (!words.peek().isOperator(close)) {
            if (!items.isEmpty()) {
                words.operator(",");
                if (words.peek().isOperator(close)) {
                    break;
                }
            }
            items.add(expression());
        }
        words.operator(close);
        return items;
    }

    private JinjaExpr dict(int at) {
        List<JinjaExpr> keys = new ArrayList<>();
        List<JinjaExpr> values = new ArrayList<>();
        while (!words.peek().isOperator("}")) {
            if (!keys.isEmpty()) {
                words.operator(",");
                if (words.peek().isOperator("}")) {
                    break;
                }
            }
            keys.add(expression());
            words.operator(":");
            values.add(expression());
        }
        words.operator("}");
        return new JinjaExpr.DictOf(keys, values, at);
    }

    /// `.name`, `[index]` and `(...)` after a value.
    JinjaExpr postfix(JinjaExpr start) {
        JinjaExpr value = start;
        int chain = 0;
        while (true) {
            JinjaToken next = words.peek();
            if (next.isOperator(".")) {
                words.take();
                value = attribute(value, next.at());
            } else if (next.isOperator("[")) {
                words.take();
                value = arguments.subscript(value, next.at());
            } else if (next.isOperator("(")) {
                value = new JinjaExpr.Call(value, arguments.list(), value.at());
            } else {
                return value;
            }
            chain = bounded(chain);
        }
    }

    private JinjaExpr attribute(JinjaExpr target, int at) {
        JinjaToken name = words.take();
        return switch (name.kind()) {
            case NAME -> new JinjaExpr.Attribute(target, name.text(), at);
            case INTEGER ->
                    new JinjaExpr.Item(
                            target, new JinjaExpr.Constant(integer(name), name.at()), at);
            case DATA,
                    VARIABLE_BEGIN,
                    VARIABLE_END,
                    BLOCK_BEGIN,
                    BLOCK_END,
                    STRING,
                    FLOAT,
                    OPERATOR,
                    END ->
                    throw TemplateFault.syntax(
                            "expected a name after '.', found " + name.described(), name.at());
        };
    }

    private JinjaExpr filters(JinjaExpr start) {
        JinjaExpr value = start;
        int chain = 0;
        while (true) {
            JinjaToken next = words.peek();
            if (next.isOperator("|")) {
                value = filter(value);
            } else if (next.isName("is")) {
                value = test(value);
            } else if (next.isOperator("(")) {
                value = new JinjaExpr.Call(value, arguments.list(), value.at());
            } else {
                return value;
            }
            chain = bounded(chain);
        }
    }

    /// `| name(...)`, once.
    JinjaExpr filter(@Nullable JinjaExpr target) {
        words.operator("|");
        return namedFilter(target);
    }

    /// `name(...)` of a filter.
    JinjaExpr namedFilter(@Nullable JinjaExpr target) {
        JinjaToken name = words.require(JinjaToken.Kind.NAME, "the name of a filter");
        StringBuilder full = new StringBuilder(name.text());
        while (words.skipOperator(".")) {
            full.append('.').append(words.require(JinjaToken.Kind.NAME, "a name").text());
        }
        if (!JinjaFilters.exists(full.toString())) {
            unknown.add(TemplateFault.syntax("No filter named '" + full + "'.", name.at()));
        }
        JinjaExpr.Arguments given =
                words.peek().isOperator("(") ? arguments.list() : JinjaExpr.Arguments.NONE;
        return new JinjaExpr.Filter(target, full.toString(), given, name.at());
    }

    private JinjaExpr test(JinjaExpr target) {
        int at = words.take().at();
        boolean negated = words.skipName("not");
        JinjaToken name = words.require(JinjaToken.Kind.NAME, "the name of a test");
        StringBuilder full = new StringBuilder(name.text());
        while (words.skipOperator(".")) {
            full.append('.').append(words.require(JinjaToken.Kind.NAME, "a name").text());
        }
        if (!JinjaTests.exists(full.toString())) {
            unknown.add(TemplateFault.syntax("No test named '" + full + "'.", name.at()));
        }
        JinjaExpr.Arguments given = JinjaExpr.Arguments.NONE;
        JinjaToken next = words.peek();
        if (next.isOperator("(")) {
            given = arguments.list();
        } else if ((STARTS_TEST_ARGUMENT.contains(next.kind())
                        || next.isOperator("[")
                        || next.isOperator("{"))
                && !next.isName("else")
                && !next.isName("or")
                && !next.isName("and")) {
            if (next.isName("is")) {
                throw TemplateFault.syntax("tests cannot be chained with 'is'", next.at());
            }
            given =
                    new JinjaExpr.Arguments(
                            List.of(postfix(primary())), List.of(), List.of(), null, null);
        }
        return new JinjaExpr.Test(target, full.toString(), given, negated, at);
    }

    private int bounded(int chain) {
        if (chain >= MAX_CHAIN) {
            throw TemplateFault.syntax(
                    "more than " + MAX_CHAIN + " terms in a row", words.peek().at());
        }
        return chain + 1;
    }
}
