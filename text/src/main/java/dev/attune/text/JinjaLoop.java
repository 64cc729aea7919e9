package dev.attune.text;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/// `loop`, as the body of a `for` sees it. Not for several threads.
final class JinjaLoop implements PyAccess.Attributes, PyCallable {
    private final RenderBudget budget;
    private final List<Object> items;
    private final int depth;
    private final @Nullable PyCallable again;
    private int index;
    private @Nullable Object lastChanged;

    /// @param again what `loop(items)` does in a recursive loop, else null
    JinjaLoop(List<Object> items, int depth, @Nullable PyCallable again, RenderBudget budget) {
        this.budget = budget;
        this.items = items;
        this.depth = depth;
        this.again = again;
    }

    /// Goes to an item.
    void moveTo(int newIndex) {
        index = newIndex;
    }

    @Override
    public Optional<Object> attribute(String name) {
        int size = items.size();
        return Optional.ofNullable(
                switch (name) {
                    case "index" -> (Object) (long) (index + 1);
                    case "index0" -> (long) index;
                    case "revindex" -> (long) (size - index);
                    case "revindex0" -> (long) (size - index - 1);
                    case "first" -> index == 0;
                    case "last" -> index == size - 1;
                    case "length" -> (long) size;
                    case "depth" -> (long) depth;
                    case "depth0" -> (long) (depth - 1);
                    case "previtem" ->
                            index > 0
                                    ? items.get(index - 1)
                                    : PyUndefined.of("there is no previous item");
                    case "nextitem" ->
                            index + 1 < size
                                    ? items.get(index + 1)
                                    : PyUndefined.of("there is no next item");
                    case "cycle" -> new Method("cycle", this::cycle);
                    case "changed" -> new Method("changed", this::changed);
                    default -> null;
                });
    }

    @Override
    public String repr() {
        return "<LoopContext " + (index + 1) + "/" + items.size() + ">";
    }

    private Object cycle(PyArguments given) {
        if (given.positional().isEmpty()) {
            throw TemplateFault.type("no items for cycling given");
        }
        return given.positional().get(index % given.positional().size());
    }

    private Object changed(PyArguments given) {
        PyList now = PyList.tuple(given.positional());
        boolean same = lastChanged != null && PyTypes.equal(lastChanged, now, budget);
        lastChanged = now;
        return !same;
    }

    @Override
    public String typeName() {
        return "LoopContext";
    }

    @Override
    public Object call(PyArguments arguments) {
        if (again == null) {
            throw TemplateFault.type(
                    "The loop must have the 'recursive' marker to be called recursively.");
        }
        return again.call(arguments);
    }

    /// One of its methods.
    private record Method(String name, PyCallableBody body) implements PyCallable {
        @Override
        public String typeName() {
            return "method " + name;
        }

        @Override
        public Object call(PyArguments arguments) {
            return body.call(arguments);
        }
    }

    private interface PyCallableBody {
        Object call(PyArguments arguments);
    }
}
