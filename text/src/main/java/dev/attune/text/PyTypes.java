package dev.attune.text;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/// What all values of a template can do: be true or false, be equal, be ordered, be gone through.
final class PyTypes {
    private static final int MAX_KEY_DEPTH = 50;

    private PyTypes() {}

    /// Python's name of the value's type.
    static String name(Object value) {
        return switch (value) {
            case SourcedText text -> text.isMarkup() ? "Markup" : "str";
            case Boolean _ -> "bool";
            case Long _ -> "int";
            case BigInteger _ -> "int";
            case Double _ -> "float";
            case PyNone _ -> "NoneType";
            case PyList list -> list.kind().typeName();
            case PyDict _ -> "dict";
            case PyIterator iterator -> iterator.typeName();
            case PyNamespace _ -> "Namespace";
            case PyUndefined _ -> "Undefined";
            case PyCallable callable -> callable.typeName();
            default -> value.getClass().getSimpleName();
        };
    }

    /// How Jinja names a value whose attribute is missing: `'dict object'`, `None`.
    static String object(Object value) {
        return value == PyNone.NONE ? "'None'" : "'" + name(value) + " object'";
    }

    /// Whether the value is true in a condition.
    static boolean truth(Object value) {
        return switch (value) {
            case Boolean bool -> bool;
            case SourcedText text -> !text.isEmpty();
            case PyNone _ -> false;
            case PyUndefined _ -> false;
            case Long number -> number != 0;
            case Double number -> number != 0;
            case BigInteger number -> number.signum() != 0;
            case PyList list -> !list.items().isEmpty();
            case PyDict dict -> !dict.entries().isEmpty();
            default -> true;
        };
    }

    /// `a == b`
    static boolean equal(Object a, Object b, RenderBudget budget) {
        budget.step();
        if (PyNumbers.isNumber(a) && PyNumbers.isNumber(b)) {
            return !PyNumbers.isNaN(a) && !PyNumbers.isNaN(b) && PyNumbers.compare(a, b) == 0;
        }
        return switch (a) {
            case SourcedText text -> {
                boolean equal = text.equals(b);
                budget.read(equal ? text.length() : 0);
                yield equal;
            }
            case PyNone _ -> b == PyNone.NONE;
            case PyUndefined _ -> b instanceof PyUndefined;
            case PyList list ->
                    b instanceof PyList other
                            && isAlike(list.kind(), other.kind())
                            && equal(list.items(), other.items(), budget);
            case PyDict dict -> b instanceof PyDict other && equal(dict, other, budget);
            default -> a.equals(b);
        };
    }

    private static boolean isAlike(PyList.Kind a, PyList.Kind b) {
        return a == b || (a.isTuple() && b.isTuple());
    }

    private static boolean equal(List<Object> a, List<Object> b, RenderBudget budget) {
        boolean equal = a.size() == b.size();
        budget.dive();
        for (int i = 0; equal && i < a.size(); i++) {
            equal = equal(a.get(i), b.get(i), budget);
        }
        budget.rise();
        return equal;
    }

    private static boolean equal(PyDict a, PyDict b, RenderBudget budget) {
        if (a.entries().size() != b.entries().size()) {
            return false;
        }
        budget.dive();
        for (Map.Entry<Object, Object> entry : a.entries().entrySet()) {
            Object other = b.find(key(entry.getKey(), budget));
            if (other == null || !equal(entry.getValue(), other, budget)) {
                budget.rise();
                return false;
            }
        }
        budget.rise();
        return true;
    }

    /// Less than 0, 0, or more than 0.
    ///
    /// @param sign the operator, for the error
    static int compare(Object a, Object b, String sign, RenderBudget budget) {
        budget.step();
        if (PyNumbers.isNumber(a) && PyNumbers.isNumber(b)) {
            return PyNumbers.compare(a, b);
        }
        if (a instanceof SourcedText x && b instanceof SourcedText y) {
            budget.read(4L * Math.min(x.length(), y.length()));
            return x.compareTo(y);
        }
        if (a instanceof PyList x && b instanceof PyList y && isAlike(x.kind(), y.kind())) {
            for (int i = 0; i < Math.min(x.items().size(), y.items().size()); i++) {
                if (!equal(x.items().get(i), y.items().get(i), budget)) {
                    budget.dive();
                    int order = compare(x.items().get(i), y.items().get(i), sign, budget);
                    budget.rise();
                    return order;
                }
            }
            return Integer.compare(x.items().size(), y.items().size());
        }
        requireDefined(a);
        requireDefined(b);
        throw TemplateFault.type(
                "'"
                        + sign
                        + "' not supported between instances of '"
                        + name(a)
                        + "' and '"
                        + name(b)
                        + "'");
    }

    /// Refuses what does not exist.
    static Object requireDefined(Object value) {
        if (value instanceof PyUndefined undefined) {
            throw undefined.fault();
        }
        return value;
    }

    /// `needle in haystack`
    static boolean contains(Object haystack, Object needle, RenderBudget budget) {
        return switch (haystack) {
            case SourcedText text -> {
                if (!(needle instanceof SourcedText part)) {
                    throw TemplateFault.type(
                            "'in <string>' requires string as left operand, not " + name(needle));
                }
                yield PySearch.first(text.chars(), part.chars(), 0, budget) >= 0;
            }
            case PyDict dict -> dict.find(key(needle, budget)) != null;
            case PyList list
                    when list.items() instanceof PyRange range && needle instanceof Long number ->
                    range.has(number);
            case PyList list -> list.items().stream().anyMatch(item -> equal(item, needle, budget));
            case PyIterator _, PyUndefined _ -> {
                for (Iterator<Object> items = iterator(haystack, budget); items.hasNext(); ) {
                    if (equal(items.next(), needle, budget)) {
                        yield true;
                    }
                }
                yield false;
            }
            default ->
                    throw TemplateFault.type(
                            "argument of type '" + name(haystack) + "' is not iterable");
        };
    }

    /// The value as the key of a dict.
    static Object key(Object value, RenderBudget budget) {
        Object culprit = unhashable(value, 0, budget);
        if (culprit != null) {
            throw TemplateFault.type("unhashable type: '" + name(culprit) + "'");
        }
        return value;
    }

    /// Whether it can be the key of a dict.
    static boolean isHashable(Object value, RenderBudget budget) {
        return unhashable(value, 0, budget) == null;
    }

    private static @Nullable Object unhashable(Object value, int depth, RenderBudget budget) {
        budget.step(value instanceof SourcedText text ? 1 + text.length() / 16 : 1);
        if (value instanceof PyDict) {
            return value;
        }
        if (!(value instanceof PyList list)) {
            return null;
        }
        if (list.kind() == PyList.Kind.RANGE) {
            budget.step(list.items().size());
            return null;
        }
        if (!list.kind().isTuple()) {
            if (list.kind() == PyList.Kind.VALUES) {
                throw TemplateFault.limit("dict_values as a key");
            }
            return list;
        }
        if (depth > MAX_KEY_DEPTH) {
            throw TemplateFault.limit("a key is nested deeper than " + MAX_KEY_DEPTH + " levels");
        }
        for (Object item : list.items()) {
            Object culprit = unhashable(item, depth + 1, budget);
            if (culprit != null) {
                return culprit;
            }
        }
        return null;
    }

    /// The elements of a value; a text's are its characters, a dict's its keys.
    static Iterator<Object> iterator(Object value, RenderBudget budget) {
        return switch (value) {
            case PyList list -> list.items().iterator();
            case PyDict dict -> {
                budget.items(dict.entries().size());
                yield List.<Object>copyOf(dict.entries().keySet()).iterator();
            }
            case SourcedText text -> {
                budget.make((long) RenderBudget.OBJECT * text.length());
                yield characters(text).iterator();
            }
            case PyIterator iterator -> iterator.items();
            case PyUndefined _ -> List.<Object>of().iterator();
            default -> throw TemplateFault.type("'" + name(value) + "' object is not iterable");
        };
    }

    /// Whether it can be gone through.
    static boolean isIterable(Object value) {
        return value instanceof SourcedText
                || value instanceof PyUndefined
                || isOtherIterable(value);
    }

    /// Whether it has elements, and is no text.
    static boolean isOtherIterable(Object value) {
        return value instanceof PyList || value instanceof PyDict || value instanceof PyIterator;
    }

    /// The elements as a list of its own.
    static List<Object> list(Object value, RenderBudget budget) {
        List<Object> items = new ArrayList<>();
        for (Iterator<Object> each = iterator(value, budget); each.hasNext(); ) {
            budget.items(1);
            items.add(each.next());
        }
        return items;
    }

    private static List<Object> characters(SourcedText text) {
        List<Object> characters = new ArrayList<>(text.length());
        int i = 0;
        while (i < text.length()) {
            int next = text.chars().offsetByCodePoints(i, 1);
            characters.add(text.slice(i, next).asMarkup(false));
            i = next;
        }
        return characters;
    }

    /// `len(value)`
    static long length(Object value, RenderBudget budget) {
        return switch (value) {
            case SourcedText text -> {
                budget.read(4L * text.length());
                yield text.codePoints();
            }
            case PyList list -> list.items().size();
            case PyDict dict -> dict.entries().size();
            case PyUndefined _ -> 0;
            default ->
                    throw TemplateFault.type("object of type '" + name(value) + "' has no len()");
        };
    }
}
