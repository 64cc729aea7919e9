package dev.attune.text;

import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// The functions that every chat template may call.
final class JinjaGlobals {
    private static final int MAX_RANGE = 100_000;

    private JinjaGlobals() {}

    /// The longest that one letter of a date format becomes, in characters.
    private static final long LONGEST_DATE = 16;

    /// A function of a name.
    private record Function(String name, Body body) implements PyCallable {
        @Override
        public String typeName() {
            return "function " + name;
        }

        @Override
        public Object call(PyArguments arguments) {
            return body.call(arguments);
        }
    }

    private interface Body {
        Object call(PyArguments arguments);
    }

    /// Puts them into a scope.
    ///
    /// @param now the time that `strftime_now` tells
    static void define(JinjaScope scope, LocalDateTime now, RenderBudget budget) {
        List<Function> functions =
                List.of(
                        new Function("raise_exception", given -> raise(given, budget)),
                        new Function("strftime_now", given -> strftime(given, now, budget)),
                        new Function("range", JinjaGlobals::range),
                        new Function("namespace", given -> namespace(given, budget)),
                        new Function("dict", given -> dict(given, budget)),
                        new Function("joiner", JinjaGlobals::joiner),
                        new Function("cycler", JinjaGlobals::cycler));
        functions.forEach(function -> scope.set(function.name(), function));
    }

    private static Object raise(PyArguments given, RenderBudget budget) {
        Object message = given.bind("raise_exception", "message").getFirst();
        throw new TemplateFault("TemplateError", PyWriter.str(message, budget).chars());
    }

    private static Object strftime(PyArguments given, LocalDateTime now, RenderBudget budget) {
        Object format = given.bind("strftime_now", "format").getFirst();
        String chars = PyStrings.string(format, "strftime_now").chars();
        budget.make(LONGEST_DATE * chars.length());
        budget.step(chars.length());
        return SourcedText.of(Strftime.format(chars, now));
    }

    private static Object range(PyArguments given) {
        List<Object> bound = given.bind("range", "start", "stop=", "step=");
        boolean one = bound.get(1) == PyArguments.Absent.ABSENT;
        long start = one ? 0 : PyNumbers.index(bound.getFirst());
        long stop = PyNumbers.index(one ? bound.getFirst() : bound.get(1));
        long step = bound.get(2) == PyArguments.Absent.ABSENT ? 1 : PyNumbers.index(bound.get(2));
        if (step == 0) {
            throw TemplateFault.value("range() arg 3 must not be zero");
        }
        long size = PyRange.size(start, stop, step);
        if (size > MAX_RANGE) {
            throw new TemplateFault(
                    "OverflowError",
                    "Range too big. The sandbox blocks ranges larger than MAX_RANGE ("
                            + MAX_RANGE
                            + ").");
        }
        return new PyList(
                PyList.Kind.RANGE, new PyRange(start, stop, step, (int) size), SourcedText.NOBODY);
    }

    private static Map<Object, Object> entries(PyArguments given, RenderBudget budget) {
        budget.make(RenderBudget.OBJECT * (1L + given.named().size()));
        Map<Object, Object> entries = new LinkedHashMap<>();
        if (!given.positional().isEmpty()) {
            Object first = given.positional().getFirst();
            if (first instanceof PyDict dict) {
                budget.make((long) RenderBudget.OBJECT * dict.entries().size());
                entries.putAll(dict.entries());
            } else {
                PyTypes.iterator(first, budget)
                        .forEachRemaining(item -> {
                            if (!(item instanceof PyList pair) || pair.items().size() != 2) {
                                throw TemplateFault.value("dict() needs pairs");
                            }
                            budget.make(RenderBudget.OBJECT);
                            entries.put(
                                    PyTypes.key(pair.items().getFirst(), budget),
                                    pair.items().getLast());
                        });
            }
        }
        given.named().forEach((name, value) -> entries.put(SourcedText.of(name), value));
        return entries;
    }

    private static Object namespace(PyArguments given, RenderBudget budget) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        entries(given, budget).forEach((name, value) -> attributes.put(name.toString(), value));
        return new PyNamespace(attributes);
    }

    private static Object dict(PyArguments given, RenderBudget budget) {
        return PyDict.of(entries(given, budget));
    }

    private static Object joiner(PyArguments given) {
        Object separator = given.bind("joiner", "sep=").getFirst();
        SourcedText text = separator instanceof SourcedText given1 ? given1 : SourcedText.of(", ");
        AtomicInteger calls = new AtomicInteger();
        return new Function("joiner", _ -> calls.getAndIncrement() == 0 ? SourcedText.EMPTY : text);
    }

    private static Object cycler(PyArguments given) {
        if (given.positional().isEmpty()) {
            throw TemplateFault.type("at least one item has to be provided");
        }
        AtomicInteger calls = new AtomicInteger();
        Function next =
                new Function(
                        "next",
                        _ ->
                                given.positional()
                                        .get(calls.getAndIncrement() % given.positional().size()));
        return new PyNamespace(new LinkedHashMap<>(Map.of("next", next)));
    }
}
