package dev.attune.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// The filters of lists, dicts and whatever else can be gone through.
final class ListFilters {
    /// The filters there are.
    static final Set<String> NAMES =
            Set.of(
                    "batch",
                    "dictsort",
                    "first",
                    "groupby",
                    "items",
                    "join",
                    "last",
                    "list",
                    "map",
                    "max",
                    "min",
                    "reject",
                    "rejectattr",
                    "reverse",
                    "select",
                    "selectattr",
                    "slice",
                    "sort",
                    "sum",
                    "unique");

    private static final int OBJECT = RenderBudget.OBJECT;

    private final RenderBudget budget;
    private final PyAccess access;
    private final JinjaFilters filters;

    ListFilters(RenderBudget budget, PyAccess access, JinjaFilters filters) {
        this.budget = budget;
        this.access = access;
        this.filters = filters;
    }

    /// `value | name(given)`
    Object apply(String name, Object value, PyArguments given) {
        return switch (name) {
            case "list" -> PyList.list(PyTypes.list(value, budget));
            case "first" -> first(PyTypes.iterator(value, budget));
            case "last" -> last(value);
            case "items" -> items(value);
            case "join" -> join(value, given.bind(name, "d=", "attribute="));
            case "map" -> map(value, given);
            case "select", "reject" -> select(value, given, name.equals("select"), false);
            case "selectattr", "rejectattr" ->
                    select(value, given, name.equals("selectattr"), true);
            case "reverse" -> reverse(value);
            case "sort" ->
                    sort(value, given.bind(name, "reverse=", "case_sensitive=", "attribute="));
            case "unique" -> unique(value, given.bind(name, "case_sensitive=", "attribute="));
            case "min", "max" ->
                    extreme(value, name, given.bind(name, "case_sensitive=", "attribute="));
            case "dictsort" ->
                    dictSort(value, given.bind(name, "case_sensitive=", "by=", "reverse="));
            case "sum" -> sum(value, given.bind(name, "attribute=", "start="));
            case "groupby" ->
                    groupBy(value, given.bind(name, "attribute", "default=", "case_sensitive="));
            case "batch" -> batch(value, given.bind(name, "linecount", "fill_with="));
            case "slice" -> slices(value, given.bind(name, "slices", "fill_with="));
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Object first(Iterator<Object> items) {
        return items.hasNext()
                ? items.next()
                : PyUndefined.of("No first item, sequence was empty.");
    }

    private Object last(Object value) {
        if (value instanceof PyIterator iterator) {
            throw TemplateFault.type("'" + iterator.typeName() + "' object is not reversible");
        }
        List<Object> items = PyTypes.list(value, budget);
        return items.isEmpty()
                ? PyUndefined.of("No last item, sequence was empty.")
                : items.getLast();
    }

    private Object items(Object value) {
        return switch (value) {
            case PyUndefined _ -> PyIterator.generator(List.<Object>of().iterator());
            case PyDict dict -> PyIterator.generator(PyMethods.pairs(dict, budget).iterator());
            default -> throw TemplateFault.type("Can only get item pairs from a mapping.");
        };
    }

    private Object join(Object value, List<Object> bound) {
        SourcedText separator =
                bound.getFirst() == PyArguments.Absent.ABSENT
                        ? SourcedText.EMPTY
                        : PyWriter.str(bound.getFirst(), budget);
        Function<Object, Object> of = attribute(bound.get(1));
        SourcedText.Builder out = new SourcedText.Builder(64);
        boolean first = true;
        for (Object item : PyTypes.list(value, budget)) {
            SourcedText part = PyWriter.str(of.apply(item), budget);
            budget.make(part);
            budget.make(separator);
            if (!first) {
                out.append(separator);
            }
            first = false;
            out.append(part);
        }
        return out.build();
    }

    /// What gives an attribute such as `function.name` of an item; the item itself where absent.
    private Function<Object, Object> attribute(Object path) {
        if (path == PyArguments.Absent.ABSENT || path == PyNone.NONE) {
            return item -> item;
        }
        if (!(path instanceof SourcedText text)) {
            return item -> access.item(item, path);
        }
        budget.make((long) RenderBudget.OBJECT * text.length());
        String[] parts = text.chars().split("\\.", -1);
        return item -> {
            Object value = item;
            for (String part : parts) {
                budget.step();
                boolean index =
                        !part.isEmpty()
                                && part.length() < 10
                                && part.chars().allMatch(c -> c >= '0' && c <= '9');
                value =
                        access.item(
                                value,
                                index ? (Object) Long.parseLong(part) : SourcedText.of(part));
            }
            return value;
        };
    }

    private Object map(Object value, PyArguments given) {
        List<Object> items = itemsUnlessFalse(value);
        if (given.positional().isEmpty() && given.named().containsKey("attribute")) {
            Function<Object, Object> of = attribute(given.named().get("attribute"));
            Object otherwise = given.named().get("default");
            return lazily(
                    items,
                    item -> {
                        Object found = of.apply(item);
                        return found instanceof PyUndefined && otherwise != null
                                ? otherwise
                                : found;
                    });
        }
        if (given.positional().isEmpty()) {
            throw new TemplateFault("FilterArgumentError", "map requires a filter argument");
        }
        String filter = PyStrings.string(given.positional().getFirst(), "map").chars();
        PyArguments rest =
                new PyArguments(
                        given.positional().subList(1, given.positional().size()), given.named());
        return lazily(items, item -> filters.apply(filter, item, rest));
    }

    /// `map` and `select` take anything false for empty.
    private List<Object> itemsUnlessFalse(Object value) {
        return PyTypes.truth(value) ? PyTypes.list(value, budget) : List.of();
    }

    private Object lazily(List<Object> items, Function<Object, Object> map) {
        return PyIterator.generator(items.stream().map(map).iterator());
    }

    private Object select(Object value, PyArguments given, boolean keep, boolean byAttribute) {
        List<Object> arguments = given.positional();
        if (byAttribute && arguments.isEmpty()) {
            throw new TemplateFault("FilterArgumentError", "Missing parameter for attribute name");
        }
        Function<Object, Object> of = byAttribute ? attribute(arguments.getFirst()) : item -> item;
        List<Object> rest = byAttribute ? arguments.subList(1, arguments.size()) : arguments;
        List<Object> items = itemsUnlessFalse(value);
        if (rest.isEmpty()) {
            return PyIterator.generator(
                    items.stream()
                            .filter(item -> PyTypes.truth(of.apply(item)) == keep)
                            .iterator());
        }
        String test = PyStrings.string(rest.getFirst(), "select").chars();
        PyArguments testArguments = new PyArguments(rest.subList(1, rest.size()), given.named());
        return PyIterator.generator(
                items.stream()
                        .filter(item ->
                                JinjaTests.passes(test, of.apply(item), testArguments, budget)
                                        == keep)
                        .iterator());
    }

    private Object reverse(Object value) {
        if (value instanceof SourcedText text) {
            SourcedText.Builder out = new SourcedText.Builder(text.length());
            PyMethods.reversed(PyTypes.list(text, budget))
                    .forEach(item -> out.append((SourcedText) item));
            return out.build();
        }
        if (!PyTypes.isOtherIterable(value) && !(value instanceof PyUndefined)) {
            throw new TemplateFault("FilterArgumentError", "argument must be iterable");
        }
        return new PyIterator(
                "list_reverseiterator", PyMethods.reversed(PyTypes.list(value, budget)).iterator());
    }

    /// The order of items by a key, in which the case of strings counts or not.
    private Comparator<Object> order(Object caseSensitive, Function<Object, Object> of) {
        Function<Object, Object> key = of.andThen(item -> folded(item, caseSensitive));
        return (a, b) -> {
            budget.step();
            return PyTypes.compare(key.apply(a), key.apply(b), "<", budget);
        };
    }

    /// The order by several attributes with commas between them; what is equal is not compared.
    private Comparator<Object> byAttributes(Object caseSensitive, Object attributes) {
        List<Function<Object, Object>> keys = new ArrayList<>();
        if (attributes instanceof SourcedText text) {
            budget.make((long) RenderBudget.OBJECT * text.length());
            for (String each : text.chars().split(",", -1)) {
                keys.add(attribute(SourcedText.of(each)));
            }
        } else {
            keys.add(attribute(attributes));
        }
        return (a, b) -> {
            budget.step();
            for (Function<Object, Object> key : keys) {
                Object x = folded(key.apply(a), caseSensitive);
                Object y = folded(key.apply(b), caseSensitive);
                if (!PyTypes.equal(x, y, budget)) {
                    return PyTypes.compare(x, y, "<", budget);
                }
            }
            return 0;
        };
    }

    private Object folded(Object item, Object caseSensitive) {
        boolean sensitive =
                caseSensitive != PyArguments.Absent.ABSENT && PyTypes.truth(caseSensitive);
        if (!(item instanceof SourcedText text) || sensitive) {
            return item;
        }
        budget.make(text);
        return PyStrings.lower(text, budget);
    }

    private static boolean isSet(Object flag) {
        return flag != PyArguments.Absent.ABSENT && PyTypes.truth(flag);
    }

    private Object sort(Object value, List<Object> bound) {
        List<Object> items = PyTypes.list(value, budget);
        Comparator<Object> order = byAttributes(bound.get(1), bound.get(2));
        if (items.size() == 1) {
            order.compare(items.getFirst(), items.getFirst());
        }
        items.sort(isSet(bound.get(0)) ? order.reversed() : order);
        return PyList.list(items);
    }

    private Object unique(Object value, List<Object> bound) {
        Function<Object, Object> of = attribute(bound.get(1));
        Set<Object> seen = new HashSet<>();
        List<Object> kept = new ArrayList<>();
        for (Object item : PyTypes.list(value, budget)) {
            if (seen.add(PyTypes.key(folded(of.apply(item), bound.getFirst()), budget))) {
                kept.add(item);
            }
        }
        return PyIterator.generator(kept.iterator());
    }

    private Object extreme(Object value, String name, List<Object> bound) {
        List<Object> items = PyTypes.list(value, budget);
        if (items.isEmpty()) {
            return PyUndefined.of("No aggregated item, sequence was empty.");
        }
        Comparator<Object> order = order(bound.get(0), attribute(bound.get(1)));
        Comparator<Object> wanted = name.equals("max") ? order : order.reversed();
        Object best = items.getFirst();
        for (Object item : items.subList(1, items.size())) {
            best = wanted.compare(item, best) > 0 ? item : best;
        }
        return best;
    }

    private Object dictSort(Object value, List<Object> bound) {
        if (!(PyTypes.requireDefined(value) instanceof PyDict dict)) {
            throw new TemplateFault(
                    "AttributeError",
                    "'" + PyTypes.name(value) + "' object has no attribute 'items'");
        }
        boolean byValue =
                bound.get(1) != PyArguments.Absent.ABSENT
                        && bound.get(1).toString().equals("value");
        List<Object> pairs = PyMethods.pairs(dict, budget);
        Comparator<Object> order =
                order(bound.get(0), pair -> ((PyList) pair).items().get(byValue ? 1 : 0));
        pairs.sort(isSet(bound.get(2)) ? order.reversed() : order);
        return PyList.list(pairs);
    }

    private Object sum(Object value, List<Object> bound) {
        Function<Object, Object> of = attribute(bound.get(0));
        Object sum = bound.get(1) == PyArguments.Absent.ABSENT ? 0L : bound.get(1);
        for (Object item : PyTypes.list(value, budget)) {
            sum = PyArithmetic.apply(JinjaExpr.Operator.ADD, sum, of.apply(item), budget);
        }
        return sum;
    }

    private Object groupBy(Object value, List<Object> bound) {
        Function<Object, Object> found = attribute(bound.get(0));
        Object otherwise = bound.get(1);
        boolean hasDefault = otherwise != PyArguments.Absent.ABSENT && otherwise != PyNone.NONE;
        Function<Object, Object> of =
                item -> {
                    Object key = found.apply(item);
                    return key instanceof PyUndefined && hasDefault ? otherwise : key;
                };
        List<Object> items = PyTypes.list(value, budget);
        items.sort(order(bound.get(2), of));
        List<Object> groups = new ArrayList<>();
        List<Object> group = new ArrayList<>();
        for (Object item : items) {
            Object key = folded(of.apply(item), bound.get(2));
            if (group.isEmpty()
                    || !PyTypes.equal(
                            key, folded(of.apply(group.getFirst()), bound.get(2)), budget)) {
                budget.make(4L * OBJECT);
                group = new ArrayList<>();
                groups.add(
                        new PyList(
                                PyList.Kind.GROUP,
                                List.of(of.apply(item), PyList.list(group)),
                                SourcedText.NOBODY));
            }
            group.add(item);
        }
        return PyList.list(groups);
    }

    private Object batch(Object value, List<Object> bound) {
        long size = Math.max(1, PyNumbers.index(bound.getFirst()));
        List<Object> batches = new ArrayList<>();
        List<Object> current = new ArrayList<>();
        for (Object item : PyTypes.list(value, budget)) {
            if (current.size() == size) {
                budget.make(OBJECT);
                batches.add(PyList.list(current));
                current = new ArrayList<>();
            }
            current.add(item);
        }
        if (!current.isEmpty()) {
            fill(current, size, bound.get(1));
            batches.add(PyList.list(current));
        }
        return PyIterator.generator(batches.iterator());
    }

    private void fill(List<Object> items, long size, Object with) {
        if (with != PyArguments.Absent.ABSENT && with != PyNone.NONE) {
            budget.items(size);
            while (items.size() < size) {
                items.add(with);
            }
        }
    }

    private Object slices(Object value, List<Object> bound) {
        long count = PyNumbers.index(bound.getFirst());
        if (count < 1) {
            throw new TemplateFault("ZeroDivisionError", "integer division or modulo by zero");
        }
        budget.make(Math.max(1, count) > Integer.MAX_VALUE ? Long.MAX_VALUE : OBJECT * count);
        List<Object> items = PyTypes.list(value, budget);
        long each = items.size() / count;
        long longer = items.size() % count;
        List<Object> slices = new ArrayList<>();
        int from = 0;
        for (long i = 0; i < count; i++) {
            int to = (int) (from + each + (i < longer ? 1 : 0));
            List<Object> slice = new ArrayList<>(items.subList(from, to));
            if (i >= longer) {
                fill(slice, each + 1, bound.get(1));
            }
            slices.add(PyList.list(slice));
            from = to;
        }
        return PyIterator.generator(slices.iterator());
    }
}
