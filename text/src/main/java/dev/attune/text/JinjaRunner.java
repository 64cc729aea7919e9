package dev.attune.text;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Runs the statements of a template into a text. Not for several threads.
final class JinjaRunner {
    private final RenderBudget budget;
    private final JinjaEvaluator evaluator;
    private final IdentityHashMap<List<JinjaStatement>, Set<String>> hidden;
    private final TemplateValues values;
    private final Generations generations = new Generations();
    private SourcedText.Builder out = new SourcedText.Builder(1024);
    private int captures;
    private @Nullable TemplateFault noText;

    /// The message that the template is at, -1 for none: what it writes belongs to it.
    private int message = -1;

    /// Whether the loop goes over indexes, so that a message is what a variable is set to.
    private boolean indexed;

    JinjaRunner(
            RenderBudget budget,
            TemplateValues values,
            IdentityHashMap<List<JinjaStatement>, Set<String>> hidden) {
        this.budget = budget;
        this.hidden = hidden;
        this.values = values;
        this.evaluator = new JinjaEvaluator(budget);
    }

    /// How a statement ended.
    private enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    /// Runs a whole template.
    SourcedText run(List<JinjaStatement> body, JinjaScope globals) {
        statements(body, block(body, globals));
        requireText();
        return out.build();
    }

    /// What stood in `{% generation %}`.
    Generations generations() {
        return generations;
    }

    /// The variables of a block that is about to run.
    private JinjaScope block(List<JinjaStatement> body, JinjaScope outer) {
        JinjaScope scope = new JinjaScope(outer);
        Set<String> names = hidden.getOrDefault(body, Set.of());
        budget.step(names.size());
        names.forEach(scope::hide);
        return scope;
    }

    private Flow statements(List<JinjaStatement> body, JinjaScope scope) {
        for (JinjaStatement statement : body) {
            Flow flow = statement(statement, scope);
            if (flow != Flow.ON) {
                return flow;
            }
        }
        return Flow.ON;
    }

    private Flow statement(JinjaStatement statement, JinjaScope scope) {
        budget.step();
        try {
            return run(statement, scope);
        } catch (TemplateFault fault) {
            throw fault.at(statement.at());
        }
    }

    private Flow run(JinjaStatement statement, JinjaScope scope) {
        return switch (statement) {
            case JinjaStatement.Data data -> {
                write(data.text());
                yield Flow.ON;
            }
            case JinjaStatement.Output output -> {
                write(PyWriter.str(evaluator.value(output.value(), scope), budget));
                yield Flow.ON;
            }
            case JinjaStatement.If choice -> choose(choice, scope);
            case JinjaStatement.For loop -> {
                loop(loop, evaluator.value(loop.items(), scope), scope, 1);
                yield Flow.ON;
            }
            case JinjaStatement.Assign assign -> {
                requireNamespaces(assign.target(), scope);
                Object value = evaluator.value(assign.value(), scope);
                if (indexed && value instanceof PyDict dict && dict.message() >= 0) {
                    message = dict.message();
                }
                assign(assign.target(), value, scope);
                yield Flow.ON;
            }
            case JinjaStatement.AssignBlock block -> {
                requireNamespaces(block.target(), scope);
                Object text = captured(block.body(), block(block.body(), scope));
                assign(block.target(), filtered(block.filters(), text, scope), scope);
                yield Flow.ON;
            }
            case JinjaStatement.Macro macro -> {
                scope.set(
                        macro.name(),
                        new Macro(macro.name(), macro.signature(), macro.body(), scope));
                yield Flow.ON;
            }
            case JinjaStatement.CallBlock block -> {
                Macro caller = new Macro("", block.signature(), block.body(), scope);
                writeText(evaluator.call(block.call(), scope, caller), block.at());
                yield Flow.ON;
            }
            case JinjaStatement.FilterBlock block -> {
                Object text = captured(block.body(), block(block.body(), scope));
                writeText(filtered(block.filters(), text, scope), block.at());
                yield Flow.ON;
            }
            case JinjaStatement.With with -> with(with, scope);
            case JinjaStatement.Generation generation -> {
                generation(generation, scope);
                yield Flow.ON;
            }
            case JinjaStatement.Break _ -> Flow.BREAK;
            case JinjaStatement.Continue _ -> Flow.CONTINUE;
        };
    }

    /// What a call block or filter block gives is written as it is, so it has to be text; Jinja
    /// finds out when it puts the pieces together.
    private void writeText(Object value, int at) {
        if (value instanceof SourcedText text) {
            write(text);
        } else if (noText == null) {
            noText =
                    TemplateFault.type(
                                    "sequence item 0: expected str instance, "
                                            + PyTypes.name(value)
                                            + " found")
                            .at(at);
        }
    }

    private void requireText() {
        if (noText != null) {
            throw noText;
        }
    }

    private void write(SourcedText text) {
        budget.make(text);
        out.appendOwned(text, SourcedText.template(message));
        budget.output(out.length());
    }

    private Flow choose(JinjaStatement.If choice, JinjaScope scope) {
        for (int i = 0; i < choice.conditions().size(); i++) {
            if (PyTypes.truth(evaluator.value(choice.conditions().get(i), scope))) {
                return statements(choice.branches().get(i), scope);
            }
        }
        return statements(choice.otherwise(), scope);
    }

    private void loop(JinjaStatement.For loop, Object over, JinjaScope scope, int depth) {
        List<Object> all = over instanceof PyList list ? list.items() : PyTypes.list(over, budget);
        List<Object> items = selected(loop, all, scope);
        PyCallable again = loop.recursive() ? new Again(loop, scope, depth) : null;
        JinjaLoop state = new JinjaLoop(items, depth, again, budget);
        int outerMessage = message;
        boolean outerIndexed = indexed;
        // As in Jinja, `else` also runs where `break` or `continue` cut every round short.
        boolean completed = false;
        budget.enter();
        for (int i = 0; i < items.size(); i++) {
            budget.step();
            state.moveTo(i);
            int own = values.messageOf(items.get(i));
            message = own >= 0 ? own : outerMessage;
            indexed = items.get(i) instanceof Long;
            JinjaScope inner = block(loop.body(), scope);
            assign(loop.target(), items.get(i), inner);
            inner.set("loop", state);
            Flow flow = statements(loop.body(), inner);
            completed |= flow == Flow.ON;
            if (flow == Flow.BREAK) {
                break;
            }
        }
        budget.leave();
        message = outerMessage;
        indexed = outerIndexed;
        if (!completed) {
            statements(loop.otherwise(), block(loop.otherwise(), scope));
        }
    }

    private List<Object> selected(JinjaStatement.For loop, List<Object> items, JinjaScope scope) {
        JinjaExpr condition = loop.condition();
        if (condition == null) {
            return items;
        }
        List<Object> selected = new ArrayList<>();
        for (Object item : items) {
            JinjaScope inner = new JinjaScope(scope);
            assign(loop.target(), item, inner);
            if (PyTypes.truth(evaluator.value(condition, inner))) {
                budget.items(1);
                selected.add(item);
            }
        }
        return selected;
    }

    /// `loop(items)` of a recursive loop.
    private final class Again implements PyCallable {
        private final JinjaStatement.For loop;
        private final JinjaScope scope;
        private final int depth;

        Again(JinjaStatement.For loop, JinjaScope scope, int depth) {
            this.loop = loop;
            this.scope = scope;
            this.depth = depth;
        }

        @Override
        public String typeName() {
            return "LoopContext";
        }

        @Override
        public Object call(PyArguments arguments) {
            Object items = arguments.bind("loop", "iterable").getFirst();
            return captured(() -> loop(loop, items, scope, depth + 1));
        }
    }

    /// An attribute can be set on a namespace alone, which is asked before the value is made.
    private static void requireNamespaces(JinjaStatement.Target target, JinjaScope scope) {
        switch (target) {
            case JinjaStatement.Target.Variable _ -> {}
            case JinjaStatement.Target.Member member -> namespace(member, scope);
            case JinjaStatement.Target.Several several ->
                    several.parts().forEach(part -> requireNamespaces(part, scope));
        }
    }

    private static PyNamespace namespace(JinjaStatement.Target.Member member, JinjaScope scope) {
        if (scope.find(member.namespace()) instanceof PyNamespace namespace) {
            return namespace;
        }
        throw new TemplateFault(
                        "TemplateRuntimeError", "cannot assign attribute on non-namespace object")
                .at(member.at());
    }

    private void assign(JinjaStatement.Target target, Object value, JinjaScope scope) {
        switch (target) {
            case JinjaStatement.Target.Variable variable -> scope.set(variable.name(), value);
            case JinjaStatement.Target.Member member -> {
                budget.make(RenderBudget.OBJECT);
                namespace(member, scope).attributes().put(member.attribute(), value);
            }
            case JinjaStatement.Target.Several several -> {
                if (!PyTypes.isIterable(value)) {
                    throw TemplateFault.type(
                            "cannot unpack non-iterable " + PyTypes.name(value) + " object");
                }
                List<Object> parts = PyTypes.list(value, budget);
                int wanted = several.parts().size();
                if (parts.size() != wanted) {
                    throw TemplateFault.value(
                            (parts.size() > wanted
                                            ? "too many values to unpack"
                                            : "not enough values to unpack")
                                    + " (expected "
                                    + wanted
                                    + (parts.size() > wanted
                                            ? ")"
                                            : ", got " + parts.size() + ")"));
                }
                for (int i = 0; i < wanted; i++) {
                    assign(several.parts().get(i), parts.get(i), scope);
                }
            }
        }
    }

    private Object filtered(@Nullable JinjaExpr filters, Object text, JinjaScope scope) {
        return filters instanceof JinjaExpr.Filter filter
                ? evaluator.filter(filter, text, scope)
                : text;
    }

    private SourcedText captured(List<JinjaStatement> body, JinjaScope scope) {
        return captured(() -> statements(body, scope));
    }

    private SourcedText captured(Runnable body) {
        SourcedText.Builder outer = out;
        TemplateFault outerNoText = noText;
        noText = null;
        out = new SourcedText.Builder(256);
        captures++;
        budget.enter();
        body.run();
        budget.leave();
        captures--;
        requireText();
        noText = outerNoText;
        SourcedText text = out.build();
        out = outer;
        return text;
    }

    private Flow with(JinjaStatement.With with, JinjaScope scope) {
        JinjaScope inner = block(with.body(), scope);
        for (int i = 0; i < with.targets().size(); i++) {
            assign(with.targets().get(i), evaluator.value(with.values().get(i), scope), inner);
        }
        return statements(with.body(), inner);
    }

    private void generation(JinjaStatement.Generation generation, JinjaScope scope) {
        int from = out.length();
        statements(generation.body(), block(generation.body(), scope));
        if (captures == 0) {
            generations.add(new Span(from, out.length()), message);
        } else {
            generations.addHidden();
        }
    }

    /// A macro with the variables it sees.
    private final class Macro implements PyCallable, PyAccess.Attributes {
        private final String name;
        private final JinjaStatement.Signature signature;
        private final List<JinjaStatement> body;
        private final JinjaScope scope;

        Macro(
                String name,
                JinjaStatement.Signature signature,
                List<JinjaStatement> body,
                JinjaScope scope) {
            this.name = name;
            this.signature = signature;
            this.body = body;
            this.scope = scope;
        }

        @Override
        public String typeName() {
            return "Macro";
        }

        @Override
        public String repr() {
            return name.isEmpty() ? "<Macro anonymous>" : "<Macro '" + name + "'>";
        }

        @Override
        public Optional<Object> attribute(String attribute) {
            return Optional.ofNullable(
                    switch (attribute) {
                        case "name" -> name.isEmpty() ? PyNone.NONE : SourcedText.of(name);
                        case "arguments" ->
                                PyList.tuple(
                                        signature.names().stream()
                                                .map(each -> (Object) SourcedText.of(each))
                                                .toList());
                        case "catch_varargs" -> signature.specials().contains("varargs");
                        case "catch_kwargs" -> signature.specials().contains("kwargs");
                        case "caller" -> signature.specials().contains("caller");
                        default -> null;
                    });
        }

        @Override
        public Object call(PyArguments given) {
            JinjaScope inner = block(body, scope);
            JinjaMacros.bind(name, signature, given, inner, evaluator);
            int outerMessage = message;
            int own = given.positional().isEmpty() ? -1 : argumentMessage(given);
            message = own >= 0 ? own : message;
            SourcedText text = captured(body, inner);
            message = outerMessage;
            return text;
        }

        private int argumentMessage(PyArguments given) {
            return given.positional().getFirst() instanceof PyDict dict ? dict.message() : -1;
        }
    }
}
