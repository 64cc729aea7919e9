package dev.attune.text;

import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A template in the language of Go's text/template, as far as Ollama's chat templates use it:
/// `if`, `else`, `range`, `with`, `break`, `continue`, variables, fields, pipes, trim markers and
/// the functions of [GoFunctions].
///
/// Immutable; for any thread.
final class GoTemplate {
    private static final int MAX_CHARS = 16_000_000;

    private final List<GoNode> nodes;

    private GoTemplate(List<GoNode> nodes) {
        this.nodes = nodes;
    }

    /// @throws dev.attune.base.AttuneException of kind USER with line and column if it cannot be
    ///   read, or uses what is not known here
    static GoTemplate parse(String source) {
        return new GoTemplate(GoParser.parse(source));
    }

    /// @param data texts, numbers (Long), truth values, lists and maps, by the names of fields
    /// @param today what `currentDate` says
    String render(Map<String, Object> data, LocalDate today) {
        return new Run(data, new GoFunctions(today)).text(nodes);
    }

    private enum Step {
        ON,
        CONTINUE,
        BREAK
    }

    private static final class Run {
        private final Map<String, Object> data;
        private final GoFunctions functions;
        private final Deque<Map<String, Object>> scopes = new ArrayDeque<>();
        private final StringBuilder out = new StringBuilder();

        Run(Map<String, Object> data, GoFunctions functions) {
            this.data = data;
            this.functions = functions;
        }

        String text(List<GoNode> nodes) {
            block(nodes, data);
            return out.toString();
        }

        private Step block(List<GoNode> nodes, Object dot) {
            scopes.push(new HashMap<>());
            Step step = all(nodes, dot);
            scopes.pop();
            return step;
        }

        private Step all(List<GoNode> nodes, Object dot) {
            for (GoNode node : nodes) {
                Step step = one(node, dot);
                if (step != Step.ON) {
                    return step;
                }
            }
            return Step.ON;
        }

        private Step one(GoNode node, Object dot) {
            return switch (node) {
                case GoNode.Text text -> write(text.text());
                case GoNode.Show show -> write(GoValues.shown(value(show.value(), dot)));
                case GoNode.Assign assign -> assign(assign, dot);
                case GoNode.If(GoExpr condition, var body, var otherwise) ->
                        block(GoValues.isTrue(value(condition, dot)) ? body : otherwise, dot);
                case GoNode.With with -> with(with, dot);
                case GoNode.Range range -> range(range, dot);
                case GoNode.Break _ -> Step.BREAK;
                case GoNode.Continue _ -> Step.CONTINUE;
            };
        }

        private Step write(String text) {
            if (out.length() + text.length() > MAX_CHARS) {
                throw GoFault.rendering("it writes more than %d characters".formatted(MAX_CHARS));
            }
            out.append(text);
            return Step.ON;
        }

        private Step assign(GoNode.Assign assign, Object dot) {
            Object value = value(assign.value(), dot);
            Map<String, Object> scope = assign.isNew() ? scopes.getFirst() : scopeOf(assign.name());
            scope.put(assign.name(), value);
            return Step.ON;
        }

        private Step with(GoNode.With with, Object dot) {
            Object value = value(with.value(), dot);
            if (!GoValues.isTrue(value)) {
                return block(with.otherwise(), dot);
            }
            scopes.push(new HashMap<>());
            define(with.variable(), value);
            Step step = all(with.body(), value);
            scopes.pop();
            return step;
        }

        private Step range(GoNode.Range range, Object dot) {
            Object list = value(range.list(), dot);
            List<?> elements = elements(list);
            if (elements.isEmpty()) {
                return block(range.otherwise(), dot);
            }
            for (int i = 0; i < elements.size(); i++) {
                scopes.push(new HashMap<>());
                define(range.index(), (long) i);
                define(range.element(), elements.get(i));
                Step step = all(range.body(), elements.get(i));
                scopes.pop();
                if (step == Step.BREAK) {
                    break;
                }
            }
            return Step.ON;
        }

        private static List<?> elements(Object list) {
            if (list instanceof List<?> elements) {
                return elements;
            }
            if (GoValues.isTrue(list)) {
                throw GoFault.rendering("'range' over " + GoValues.shown(list));
            }
            return List.of();
        }

        private void define(String name, Object value) {
            if (!name.isEmpty()) {
                scopes.getFirst().put(name, value);
            }
        }

        private Map<String, Object> scopeOf(String variable) {
            return scopes.stream()
                    .filter(scope -> scope.containsKey(variable))
                    .findFirst()
                    .orElseThrow(() -> GoFault.rendering("$" + variable + " is not known"));
        }

        private Object value(GoExpr expr, Object dot) {
            return switch (expr) {
                case GoExpr.Constant(Object constant) -> constant;
                case GoExpr.Dot _ -> dot;
                case GoExpr.Variable(String name) ->
                        name.isEmpty() ? data : GoValues.field(scopeOf(name), name);
                case GoExpr.Field(GoExpr of, String name) -> GoValues.field(value(of, dot), name);
                case GoExpr.Call(String function, var arguments) -> call(function, arguments, dot);
            };
        }

        private Object call(String function, List<GoExpr> arguments, Object dot) {
            boolean either = function.equals("or");
            if (!either && !function.equals("and")) {
                List<Object> values = new ArrayList<>();
                arguments.forEach(each -> values.add(value(each, dot)));
                return functions.call(function, values);
            }
            Object value = GoValues.NOTHING;
            for (GoExpr argument : arguments) {
                value = value(argument, dot);
                if (GoValues.isTrue(value) == either) {
                    return value;
                }
            }
            return value;
        }
    }
}
