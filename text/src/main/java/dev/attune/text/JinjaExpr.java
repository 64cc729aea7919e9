package dev.attune.text;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// An expression of a template; `at` is where it starts in the source.
sealed interface JinjaExpr {
    /// Where it starts in the source.
    int at();

    /// A constant.
    record Constant(Object value, int at) implements JinjaExpr {}

    /// A variable.
    record Name(String name, int at) implements JinjaExpr {}

    /// `[a, b]`
    record ListOf(List<JinjaExpr> items, int at) implements JinjaExpr {}

    /// `(a, b)`
    record TupleOf(List<JinjaExpr> items, int at) implements JinjaExpr {}

    /// `{a: b}`
    record DictOf(List<JinjaExpr> keys, List<JinjaExpr> values, int at) implements JinjaExpr {}

    /// `target.name`
    record Attribute(JinjaExpr target, String name, int at) implements JinjaExpr {}

    /// `target[index]`
    record Item(JinjaExpr target, JinjaExpr index, int at) implements JinjaExpr {}

    /// `target[from:to:step]`
    record Slice(
            JinjaExpr target,
            @Nullable JinjaExpr from,
            @Nullable JinjaExpr to,
            @Nullable JinjaExpr step,
            int at)
            implements JinjaExpr {}

    /// The arguments of a call, a filter or a test.
    ///
    /// @param positional by position
    /// @param names the names of those given by name
    /// @param named their values
    /// @param star `*list`, if given
    /// @param starStar `**dict`, if given
    record Arguments(
            List<JinjaExpr> positional,
            List<String> names,
            List<JinjaExpr> named,
            @Nullable JinjaExpr star,
            @Nullable JinjaExpr starStar) {
        static final Arguments NONE = new Arguments(List.of(), List.of(), List.of(), null, null);
    }

    /// `target(...)`
    record Call(JinjaExpr target, Arguments arguments, int at) implements JinjaExpr {}

    /// `target | name(...)`; the target is null in a filter block.
    record Filter(@Nullable JinjaExpr target, String name, Arguments arguments, int at)
            implements JinjaExpr {}

    /// `target is name(...)`
    record Test(JinjaExpr target, String name, Arguments arguments, boolean negated, int at)
            implements JinjaExpr {}

    /// `not a`
    record Not(JinjaExpr operand, int at) implements JinjaExpr {}

    /// `-a` or `+a`
    record Signed(JinjaExpr operand, boolean negative, int at) implements JinjaExpr {}

    /// The operators of two numbers or sequences.
    enum Operator {
        ADD("+"),
        SUBTRACT("-"),
        MULTIPLY("*"),
        DIVIDE("/"),
        FLOOR_DIVIDE("//"),
        MODULO("%"),
        POWER("** or pow()");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        /// How Python writes it in an error.
        String sign() {
            return sign;
        }
    }

    /// `a + b` and its like.
    record Binary(Operator operator, JinjaExpr left, JinjaExpr right, int at)
            implements JinjaExpr {}

    /// `a ~ b ~ c`
    record Concat(List<JinjaExpr> parts, int at) implements JinjaExpr {}

    /// The comparisons.
    enum Relation {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_EQUAL,
        GREATER,
        GREATER_EQUAL,
        IN,
        NOT_IN
    }

    /// `a < b <= c`
    record Compare(JinjaExpr first, List<Relation> relations, List<JinjaExpr> others, int at)
            implements JinjaExpr {}

    /// `a and b`
    record And(JinjaExpr left, JinjaExpr right, int at) implements JinjaExpr {}

    /// `a or b`
    record Or(JinjaExpr left, JinjaExpr right, int at) implements JinjaExpr {}

    /// `a if condition else b`
    record Choice(JinjaExpr condition, JinjaExpr then, @Nullable JinjaExpr otherwise, int at)
            implements JinjaExpr {}
}
