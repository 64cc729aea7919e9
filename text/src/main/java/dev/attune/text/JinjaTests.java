package dev.attune.text;

import java.util.Set;

/// What may stand behind `is`.
final class JinjaTests {
    private static final Set<String> NAMES =
            Set.of(
                    "boolean",
                    "callable",
                    "defined",
                    "divisibleby",
                    "eq",
                    "equalto",
                    "==",
                    "even",
                    "escaped",
                    "false",
                    "filter",
                    "float",
                    "ge",
                    ">=",
                    "gt",
                    "greaterthan",
                    ">",
                    "in",
                    "integer",
                    "iterable",
                    "le",
                    "<=",
                    "lower",
                    "lt",
                    "lessthan",
                    "<",
                    "mapping",
                    "ne",
                    "!=",
                    "none",
                    "number",
                    "odd",
                    "sameas",
                    "sequence",
                    "string",
                    "test",
                    "true",
                    "undefined",
                    "upper");

    private JinjaTests() {}

    /// Whether there is such a test.
    static boolean exists(String name) {
        return NAMES.contains(name);
    }

    /// Whether `value` passes the test.
    static boolean passes(String name, Object value, PyArguments given, RenderBudget budget) {
        return switch (name) {
            case "defined" -> !(value instanceof PyUndefined);
            case "undefined" -> value instanceof PyUndefined;
            case "none" -> value == PyNone.NONE;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "integer" -> PyNumbers.isInteger(value) && !(value instanceof Boolean);
            case "float" -> value instanceof Double;
            case "number" -> PyNumbers.isNumber(value);
            case "string" -> value instanceof SourcedText;
            case "mapping" -> value instanceof PyDict;
            case "sequence" -> isSequence(value);
            case "iterable" -> isSequence(value) || isOtherIterable(value);
            case "callable" -> value instanceof PyCallable || value instanceof PyUndefined;
            case "escaped" -> value instanceof SourcedText text && text.isMarkup();
            case "sameas" -> isSame(value, one(name, given));
            case "filter" ->
                    PyTypes.key(value, budget) instanceof SourcedText text
                            && JinjaFilters.exists(text.chars());
            case "test" ->
                    PyTypes.key(value, budget) instanceof SourcedText text && exists(text.chars());
            case "lower" -> isCase(value, false, budget);
            case "upper" -> isCase(value, true, budget);
            case "even", "odd", "divisibleby" -> divides(name, value, given, budget);
            case "in" -> PyTypes.contains(one(name, given), value, budget);
            default -> compares(name, value, given, budget);
        };
    }

    private static Object one(String name, PyArguments given) {
        return given.bind(name, "other").getFirst();
    }

    private static boolean isSequence(Object value) {
        return value instanceof SourcedText
                || value instanceof PyDict
                || value instanceof PyUndefined
                || (value instanceof PyList list && list.kind().isSequence());
    }

    private static boolean isOtherIterable(Object value) {
        return value instanceof PyList || value instanceof PyIterator;
    }

    private static boolean isSame(Object a, Object b) {
        boolean small = a instanceof Boolean || a instanceof PyNone || a instanceof Long;
        return small ? a.equals(b) : System.identityHashCode(a) == System.identityHashCode(b);
    }

    private static boolean isCase(Object value, boolean upper, RenderBudget budget) {
        SourcedText text = PyWriter.str(value, budget);
        budget.make(4L * text.length());
        return PyCases.isCase(text, upper);
    }

    private static boolean divides(
            String name, Object value, PyArguments given, RenderBudget budget) {
        Object by = name.equals("divisibleby") ? given.bind(name, "num").getFirst() : 2L;
        Object rest = PyArithmetic.apply(JinjaExpr.Operator.MODULO, value, by, budget);
        return PyTypes.equal(rest, name.equals("odd") ? 1L : 0L, budget);
    }

    private static boolean compares(
            String name, Object value, PyArguments given, RenderBudget budget) {
        if (!exists(name)) {
            throw new TemplateFault("TemplateRuntimeError", "No test named '" + name + "' found.");
        }
        Object other = one(name, given);
        return switch (name) {
            case "eq", "equalto", "==" -> PyTypes.equal(value, other, budget);
            case "ne", "!=" -> !PyTypes.equal(value, other, budget);
            case "lt", "lessthan", "<" -> PyTypes.compare(value, other, "<", budget) < 0;
            case "le", "<=" -> PyTypes.compare(value, other, "<=", budget) <= 0;
            case "gt", "greaterthan", ">" -> PyTypes.compare(value, other, ">", budget) > 0;
            case "ge", ">=" -> PyTypes.compare(value, other, ">=", budget) >= 0;
            default -> throw new IllegalArgumentException(name);
        };
    }
}
