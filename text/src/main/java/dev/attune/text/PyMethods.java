package dev.attune.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The methods of lists and dicts. Those that would change one are refused, as Hugging Face's
/// sandbox refuses them.
final class PyMethods {
    private static final Set<String> LIST_CHANGES =
            Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");
    private static final Set<String> DICT_CHANGES =
            Set.of("clear", "pop", "popitem", "setdefault", "update");

    private final RenderBudget budget;
    private final PyStrings strings;

    PyMethods(RenderBudget budget) {
        this.budget = budget;
        this.strings = new PyStrings(budget, new PyAccess(this, budget));
    }

    /// The methods of strings.
    PyStrings strings() {
        return strings;
    }

    /// A method bound to its value.
    ///
    /// @param name the method
    /// @param body what it does
    private record Bound(String name, Body body) implements PyCallable {
        @Override
        public String typeName() {
            return "builtin_function_or_method";
        }

        @Override
        public String repr() {
            return "<built-in method " + name + ">";
        }

        @Override
        public Object call(PyArguments arguments) {
            return body.call(arguments);
        }
    }

    private interface Body {
        Object call(PyArguments arguments);
    }

    /// The method `name` of `target`, if its type has one.
    Optional<Object> of(Object target, String name) {
        return switch (target) {
            case SourcedText text ->
                    PyStrings.NAMES.contains(name)
                            ? Optional.of(new Bound(name, given -> strings.call(text, name, given)))
                            : Optional.empty();
            case PyDict dict -> dict(dict, name);
            case PyList list -> list(list, name);
            default -> Optional.empty();
        };
    }

    /// Calls the method at once, without making it a value first.
    Optional<Object> call(Object target, String name, PyArguments arguments) {
        if (target instanceof SourcedText text && PyStrings.NAMES.contains(name)) {
            return Optional.of(strings.call(text, name, arguments));
        }
        return of(target, name)
                .map(method ->
                        method instanceof PyCallable callable
                                ? callable.call(arguments)
                                : unsafe(method));
    }

    private static Object unsafe(Object method) {
        return PyTypes.requireDefined(method);
    }

    private static Object refused(String type, String name) {
        return new PyUndefined(
                "access to attribute '" + name + "' of '" + type + "' object is unsafe.", true);
    }

    private Optional<Object> dict(PyDict dict, String name) {
        if (DICT_CHANGES.contains(name)) {
            return Optional.of(refused("dict", name));
        }
        Body body =
                switch (name) {
                    case "items" -> given -> items(dict, given.bind("items"));
                    case "keys" ->
                            given -> {
                                given.bind("keys");
                                budget.items(dict.entries().size());
                                return PyList.view(
                                        PyList.Kind.KEYS, new ArrayList<>(dict.entries().keySet()));
                            };
                    case "values" ->
                            given -> {
                                given.bind("values");
                                budget.items(dict.entries().size());
                                return PyList.view(
                                        PyList.Kind.VALUES,
                                        new ArrayList<>(dict.entries().values()));
                            };
                    case "get" -> given -> lookup(dict, given.bind("get", "key", "default="));
                    case "copy" -> _ -> dict;
                    default -> null;
                };
        return Optional.ofNullable(body).map(known -> new Bound(name, known));
    }

    /// The pairs of a dict.
    private Object items(PyDict dict, List<Object> none) {
        assert none.isEmpty();
        return PyList.view(PyList.Kind.ITEMS, pairs(dict, budget));
    }

    /// The keys and values of a dict as tuples.
    static List<Object> pairs(PyDict dict, RenderBudget budget) {
        budget.make(2L * RenderBudget.OBJECT * dict.entries().size());
        List<Object> pairs = new ArrayList<>(dict.entries().size());
        for (Map.Entry<Object, Object> entry : dict.entries().entrySet()) {
            pairs.add(PyList.tuple(List.of(entry.getKey(), entry.getValue())));
        }
        return pairs;
    }

    private Object lookup(PyDict dict, List<Object> given) {
        Object value = dict.find(PyTypes.key(given.getFirst(), budget));
        if (value != null) {
            return value;
        }
        return given.get(1) == PyArguments.Absent.ABSENT ? PyNone.NONE : given.get(1);
    }

    private Optional<Object> list(PyList list, String name) {
        boolean isList = list.kind() == PyList.Kind.LIST;
        if (isList && LIST_CHANGES.contains(name)) {
            return Optional.of(refused("list", name));
        }
        if (!list.kind().isSequence()) {
            return Optional.empty();
        }
        Body body =
                switch (name) {
                    case "index" -> given -> index(list, given.bind("index", "value").getFirst());
                    case "count" -> given -> count(list, given.bind("count", "value").getFirst());
                    case "copy" -> isList ? _ -> list : null;
                    default -> null;
                };
        return Optional.ofNullable(body).map(known -> new Bound(name, known));
    }

    private Object index(PyList list, Object value) {
        for (int i = 0; i < list.items().size(); i++) {
            if (PyTypes.equal(list.items().get(i), value, budget)) {
                return (long) i;
            }
        }
        throw TemplateFault.value(
                list.kind().isTuple()
                        ? "tuple.index(x): x not in tuple"
                        : PyWriter.repr(value, budget) + " is not in " + PyTypes.name(list));
    }

    private Object count(PyList list, Object value) {
        return list.items().stream().filter(item -> PyTypes.equal(item, value, budget)).count();
    }

    /// The elements in the opposite order.
    static List<Object> reversed(List<Object> items) {
        List<Object> reversed = new ArrayList<>(items);
        Collections.reverse(reversed);
        return reversed;
    }
}
