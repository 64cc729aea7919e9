package dev.attune.text;

import java.util.ArrayList;
import java.util.List;

/// `+`, `-`, `*`, `/`, `//`, `%` and `**` of any two values.
final class PyArithmetic {
    private PyArithmetic() {}

    /// The operation, or Python's error where the two do not go together.
    static Object apply(
            JinjaExpr.Operator operator, Object left, Object right, RenderBudget budget) {
        if (PyNumbers.isNumber(left) && PyNumbers.isNumber(right)) {
            budget.step(PyNumbers.steps(operator, left, right));
            return PyNumbers.apply(operator, left, right);
        }
        PyTypes.requireDefined(left);
        if (!(left instanceof SourcedText && operator == JinjaExpr.Operator.MODULO)) {
            PyTypes.requireDefined(right);
        }
        return switch (operator) {
            case ADD -> add(left, right, budget);
            case MULTIPLY ->
                    PyNumbers.isInteger(left)
                            ? times(right, left, operator, budget)
                            : times(left, right, operator, budget);
            case MODULO -> {
                if (left instanceof SourcedText text) {
                    yield PyPercent.format(text, right, budget);
                }
                throw unsupported(operator, left, right);
            }
            case SUBTRACT, DIVIDE, FLOOR_DIVIDE, POWER -> throw unsupported(operator, left, right);
        };
    }

    private static TemplateFault unsupported(
            JinjaExpr.Operator operator, Object left, Object right) {
        return TemplateFault.type(
                "unsupported operand type(s) for "
                        + operator.sign()
                        + ": '"
                        + PyTypes.name(left)
                        + "' and '"
                        + PyTypes.name(right)
                        + "'");
    }

    private static Object add(Object left, Object right, RenderBudget budget) {
        if (left instanceof SourcedText a && right instanceof SourcedText b) {
            budget.make(a);
            budget.make(b);
            if (a.isMarkup() == b.isMarkup()) {
                return a.plus(b);
            }
            SourcedText first = a.isMarkup() ? a : TextFilters.escaped(a, budget);
            return first.plus(b.isMarkup() ? b : TextFilters.escaped(b, budget));
        }
        if (left instanceof PyList a
                && right instanceof PyList b
                && a.kind() == b.kind()
                && (a.kind() == PyList.Kind.LIST || a.kind().isTuple())) {
            budget.make(RenderBudget.OBJECT);
            budget.items((long) a.items().size() + b.items().size());
            return a.plus(b);
        }
        if (left instanceof SourcedText
                || (left instanceof PyList list
                        && (list.kind() == PyList.Kind.LIST || list.kind().isTuple()))) {
            String type = PyTypes.name(left);
            throw TemplateFault.type(
                    "can only concatenate "
                            + type
                            + " (not \""
                            + PyTypes.name(right)
                            + "\") to "
                            + type);
        }
        throw unsupported(JinjaExpr.Operator.ADD, left, right);
    }

    private static Object times(
            Object value, Object count, JinjaExpr.Operator operator, RenderBudget budget) {
        boolean sequence =
                value instanceof SourcedText
                        || (value instanceof PyList list
                                && (list.kind() == PyList.Kind.LIST || list.kind().isTuple()));
        if (!sequence || !PyNumbers.isInteger(count)) {
            throw unsupported(operator, value, count);
        }
        long times = Math.max(0, PyNumbers.index(count));
        long size =
                value instanceof SourcedText text ? text.length() : ((PyList) value).items().size();
        long each =
                value instanceof SourcedText text
                        ? size + (long) RenderBudget.RUN * text.runs()
                        : RenderBudget.ITEM * size;
        budget.make(size == 0 ? 1 : times > Long.MAX_VALUE / each ? Long.MAX_VALUE : each * times);
        if (size == 0) {
            return value;
        }
        if (value instanceof SourcedText text && text.runs() == 0) {
            return SourcedText.of(text.chars().repeat((int) times)).asMarkup(text.isMarkup());
        }
        if (value instanceof SourcedText text) {
            SourcedText.Builder out = new SourcedText.Builder((int) (size * times));
            for (long i = 0; i < times; i++) {
                out.append(text);
            }
            return out.build().asMarkup(text.isMarkup());
        }
        PyList list = (PyList) value;
        List<Object> items = new ArrayList<>((int) (size * times));
        for (long i = 0; i < times; i++) {
            items.addAll(list.items());
        }
        return new PyList(list.kind(), items, SourcedText.NOBODY);
    }
}
