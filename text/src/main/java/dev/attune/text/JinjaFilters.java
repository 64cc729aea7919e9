package dev.attune.text;

import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What may stand behind `|`: this file finds the filter; [TextFilters] and [ListFilters] hold
/// most.
final class JinjaFilters {
    private static final Set<String> VALUES =
            Set.of(
                    "abs", "attr", "d", "default", "float", "int", "round", "string", "tojson",
                    "safe", "length", "count", "pprint", "format");

    private final RenderBudget budget;
    private final PyAccess access;
    private final TextFilters texts;
    private final ListFilters lists;

    JinjaFilters(RenderBudget budget, PyAccess access, PyStrings strings) {
        this.budget = budget;
        this.access = access;
        this.texts = new TextFilters(budget, strings);
        this.lists = new ListFilters(budget, access, this);
    }

    /// Whether there is such a filter.
    static boolean exists(String name) {
        return Stream.of(VALUES, TextFilters.NAMES, ListFilters.NAMES)
                .anyMatch(names -> names.contains(name));
    }

    /// `value | name(given)`
    Object apply(String name, Object value, PyArguments given) {
        budget.step(1L + given.positional().size() + given.named().size());
        if (TextFilters.NAMES.contains(name)) {
            return texts.apply(name, value, given);
        }
        if (ListFilters.NAMES.contains(name)) {
            return lists.apply(name, value, given);
        }
        return switch (name) {
            case "length", "count" -> {
                given.bind(name);
                yield PyTypes.length(value, budget);
            }
            case "default", "d" -> defaulted(value, given);
            case "string" -> PyWriter.str(value, budget);
            case "safe" -> PyWriter.str(value, budget).asMarkup(true);
            case "pprint" -> PyWriter.repr(value, budget);
            case "tojson" -> toJson(value, given);
            case "abs" -> absolute(value);
            case "int" -> integer(value, given.bind(name, "default=", "base="));
            case "float" -> {
                Object otherwise = given.bind(name, "default=").getFirst();
                yield PyConversions.real(
                        PyTypes.requireDefined(value),
                        otherwise == PyArguments.Absent.ABSENT ? (Object) 0.0 : otherwise);
            }
            case "round" -> rounded(value, given.bind(name, "precision=", "method="));
            case "attr" ->
                    access.attributeOnly(
                            value,
                            PyStrings.string(given.bind(name, "name").getFirst(), name).chars());
            case "format" -> format(value, given);
            default ->
                    throw new TemplateFault(
                            "TemplateRuntimeError", "No filter named '" + name + "' found.");
        };
    }

    private static Object defaulted(Object value, PyArguments given) {
        List<Object> bound = given.bind("default", "default_value=", "boolean=");
        boolean alsoFalse =
                bound.get(1) != PyArguments.Absent.ABSENT && PyTypes.truth(bound.get(1));
        boolean missing = value instanceof PyUndefined || (alsoFalse && !PyTypes.truth(value));
        if (!missing) {
            return value;
        }
        return bound.getFirst() == PyArguments.Absent.ABSENT ? SourcedText.EMPTY : bound.getFirst();
    }

    private static Object absolute(Object value) {
        if (!PyNumbers.isNumber(value)) {
            throw TemplateFault.type("bad operand type for abs(): '" + PyTypes.name(value) + "'");
        }
        return switch (value) {
            case Double number -> Math.abs(number);
            default -> PyNumbers.narrowed(PyNumbers.big(value).abs());
        };
    }

    private static Object integer(Object value, List<Object> given) {
        Object otherwise = given.getFirst() == PyArguments.Absent.ABSENT ? 0L : given.getFirst();
        long radix = given.get(1) == PyArguments.Absent.ABSENT ? 10 : PyNumbers.index(given.get(1));
        return PyConversions.integer(PyTypes.requireDefined(value), otherwise, radix);
    }

    private static Object rounded(Object value, List<Object> given) {
        if (!PyNumbers.isNumber(value)) {
            throw TemplateFault.type(
                    "type " + PyTypes.name(value) + " doesn't define __round__ method");
        }
        long digits =
                given.getFirst() == PyArguments.Absent.ABSENT
                        ? 0
                        : PyNumbers.index(given.getFirst());
        String method =
                given.get(1) == PyArguments.Absent.ABSENT ? "common" : given.get(1).toString();
        if (!Set.of("common", "ceil", "floor").contains(method)) {
            throw new TemplateFault("FilterArgumentError", "method must be common, ceil or floor");
        }
        if (digits < -400 || digits > 400) {
            throw TemplateFault.limit("rounding to " + digits + " digits");
        }
        return PyConversions.rounded(value, (int) digits, method);
    }

    private Object format(Object value, PyArguments given) {
        SourcedText text = PyWriter.str(value, budget);
        if (given.named().isEmpty()) {
            return PyPercent.format(text, PyList.tuple(given.positional()), budget);
        }
        budget.items(4L * given.named().size());
        PyDict named = PyDict.empty();
        given.named().forEach((key, each) -> named.entries().put(SourcedText.of(key), each));
        return PyPercent.format(text, named, budget);
    }

    private Object toJson(Object value, PyArguments given) {
        List<Object> bound =
                given.bind("tojson", "ensure_ascii=", "indent=", "separators=", "sort_keys=");
        String indent =
                switch (bound.get(1)) {
                    case PyArguments.Absent _, PyNone _ -> null;
                    case SourcedText text -> text.chars();
                    default -> {
                        long width = Math.max(0, PyNumbers.index(bound.get(1)));
                        if (width > 1000) {
                            throw TemplateFault.limit("an indent of " + width);
                        }
                        yield " ".repeat((int) width);
                    }
                };
        String item = indent == null ? ", " : ",";
        String key = ": ";
        if (bound.get(2) instanceof PyList) {
            Iterator<Object> separators = PyTypes.iterator(bound.get(2), budget);
            item = separators.hasNext() ? separators.next().toString() : item;
            key = separators.hasNext() ? separators.next().toString() : key;
        }
        return PyJson.dumps(
                value,
                new PyJson.Style(indent, item, key, isSet(bound.get(3)), isSet(bound.get(0))),
                budget);
    }

    private static boolean isSet(Object flag) {
        return flag != PyArguments.Absent.ABSENT && PyTypes.truth(flag);
    }
}
