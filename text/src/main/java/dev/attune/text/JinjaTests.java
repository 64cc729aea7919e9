package dev.attune.text;

import java.util.Locale;
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
    static boolean passes(String name, Object value, PyArguments given) {
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
            case "callable" -> value instanceof PyCallable;
            case "escaped" -> value instanceof SourcedText text && text.isMarkup();
            case "sameas" -> isSame(value, one(name, given));
            case "filter" ->
                    one(name, given) instanceof SourcedText other && isFilter(value, other);
            case "test" -> value instanceof SourcedText text && exists(text.chars());
            case "lower" -> isCase(value, false);
            case "upper" -> isCase(value, true);
            case "even", "odd", "divisibleby" -> divides(name, value, given);
            case "in" -> PyTypes.contains(one(name, given), value);
            default -> compares(name, value, given);
        };
    }

    private static Object one(String name, PyArguments given) {
        return given.bind(name, "other").getFirst();
    }

    private static boolean isFilter(Object value, SourcedText ignored) {
        return value instanceof SourcedText text
                && !ignored.isEmpty()
                && JinjaFilters.exists(text.chars());
    }

    private static boolean isSequence(Object value) {
        return value instanceof SourcedText
                || value instanceof PyDict
                || value instanceof PyUndefined
                || (value instanceof PyList list && list.kind() != PyList.Kind.VIEW);
    }

    private static boolean isOtherIterable(Object value) {
        return value instanceof PyList || value instanceof PyIterator;
    }

    private static boolean isSame(Object a, Object b) {
        boolean small = a instanceof Boolean || a instanceof PyNone || a instanceof Long;
        return small ? a.equals(b) : System.identityHashCode(a) == System.identityHashCode(b);
    }

    private static boolean isCase(Object value, boolean upper) {
        if (!(value instanceof SourcedText text)) {
            return false;
        }
        String chars = text.chars();
        String same = upper ? chars.toUpperCase(Locale.ROOT) : chars.toLowerCase(Locale.ROOT);
        return chars.equals(same) && chars.codePoints().anyMatch(PyCases::isCased);
    }

    private static boolean divides(String name, Object value, PyArguments given) {
        Object by = name.equals("divisibleby") ? given.bind(name, "num").getFirst() : 2L;
        if (!PyNumbers.isNumber(PyTypes.requireDefined(value)) || !PyNumbers.isNumber(by)) {
            throw TemplateFault.type(
                    "the test '" + name + "' needs numbers, not " + PyTypes.name(value));
        }
        Object rest = PyNumbers.apply(JinjaExpr.Operator.MODULO, value, by);
        return (PyNumbers.compare(rest, 0L) == 0) != name.equals("odd");
    }

    private static boolean compares(String name, Object value, PyArguments given) {
        Object other = one(name, given);
        return switch (name) {
            case "eq", "equalto", "==" -> PyTypes.equal(value, other);
            case "ne", "!=" -> !PyTypes.equal(value, other);
            case "lt", "lessthan", "<" -> PyTypes.compare(value, other, "<") < 0;
            case "le", "<=" -> PyTypes.compare(value, other, "<=") <= 0;
            case "gt", "greaterthan", ">" -> PyTypes.compare(value, other, ">") > 0;
            case "ge", ">=" -> PyTypes.compare(value, other, ">=") >= 0;
            default ->
                    throw new TemplateFault(
                            "TemplateRuntimeError", "No test named '" + name + "'.");
        };
    }
}
