package dev.attune.text;

import java.util.Optional;

/// `value.name` and `value[key]`, with Jinja's rule of which is tried first.
final class PyAccess {
    private final PyMethods methods;
    private final RenderBudget budget;

    PyAccess(PyMethods methods, RenderBudget budget) {
        this.methods = methods;
        this.budget = budget;
    }

    /// What has attributes of its own, such as `loop`.
    interface Attributes {
        /// The attribute, if there is one.
        Optional<Object> attribute(String name);
    }

    /// `target.name`: an attribute or method, else an item.
    Object attribute(Object target, String name) {
        if (name.startsWith("__") && !isEntry(target, name)) {
            return new PyUndefined(
                    "access to attribute '"
                            + name
                            + "' of '"
                            + PyTypes.name(target)
                            + "' object is unsafe.",
                    true);
        }
        return switch (target) {
            case PyUndefined undefined -> throw undefined.fault();
            case PyDict dict -> {
                Optional<Object> method = methods.of(dict, name);
                yield method.isPresent() ? method.get() : entry(dict, SourcedText.of(name));
            }
            case PyNamespace namespace ->
                    orMissing(Optional.ofNullable(namespace.attributes().get(name)), target, name);
            case PyList list
                    when list.kind() == PyList.Kind.GROUP
                            && (name.equals("grouper") || name.equals("list")) ->
                    list.items().get(name.equals("list") ? 1 : 0);
            case Attributes attributes -> orMissing(attributes.attribute(name), target, name);
            default -> orMissing(methods.of(target, name), target, name);
        };
    }

    /// Whether the name is that of an entry, and of nothing that Python gives every object.
    private static boolean isEntry(Object target, String name) {
        return target instanceof PyUndefined
                || (target instanceof PyDict dict
                        && !name.endsWith("__")
                        && dict.find(SourcedText.of(name)) != null);
    }

    private static Object orMissing(Optional<Object> found, Object target, String name) {
        return found.orElseGet(() -> missing(target, name));
    }

    private static Object missing(Object target, String name) {
        return PyUndefined.of(PyTypes.object(target) + " has no attribute '" + name + "'");
    }

    private static Object entry(PyDict dict, SourcedText key) {
        Object value = dict.find(key);
        return value == null ? missing(dict, key.chars()) : value;
    }

    /// `target | attr(name)`: never an item.
    Object attributeOnly(Object target, String name) {
        boolean entry = target instanceof PyDict dict && methods.of(dict, name).isEmpty();
        return entry && !name.startsWith("__") ? missing(target, name) : attribute(target, name);
    }

    /// `target[key]`: an item, else an attribute or method.
    Object item(Object target, Object key) {
        return switch (target) {
            case PyUndefined undefined -> throw undefined.fault();
            case PyDict dict -> {
                Object value = PyTypes.isHashable(key, budget) ? dict.find(key) : null;
                yield value != null ? value : fallback(dict, key);
            }
            case PyList list when PyNumbers.isInteger(key) && list.kind().isSequence() ->
                    element(list, PyNumbers.index(key));
            case SourcedText text when PyNumbers.isInteger(key) ->
                    character(text, PyNumbers.index(key));
            default -> fallback(target, key);
        };
    }

    private Object fallback(Object target, Object key) {
        if (key instanceof SourcedText name) {
            return target instanceof PyDict
                    ? orMissing(methods.of(target, name.chars()), target, name.chars())
                    : attribute(target, name.chars());
        }
        return noElement(target, key);
    }

    private Object noElement(Object target, Object key) {
        return PyUndefined.of(
                PyTypes.object(target).replace("'", "")
                        + " has no element "
                        + PyWriter.repr(key, budget));
    }

    private Object element(PyList list, long index) {
        int size = list.items().size();
        long at = index < 0 ? index + size : index;
        return at < 0 || at >= size ? noElement(list, index) : list.items().get((int) at);
    }

    private Object character(SourcedText text, long index) {
        budget.read(4L * text.length());
        int length = text.codePoints();
        long at = index < 0 ? index + length : index;
        if (at < 0 || at >= length) {
            return noElement(text, index);
        }
        int unit = text.chars().offsetByCodePoints(0, (int) at);
        return text.slice(unit, text.chars().offsetByCodePoints(unit, 1));
    }
}
