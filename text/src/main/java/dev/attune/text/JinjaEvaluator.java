package dev.attune.text;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Evaluates expressions. Not for several threads.
final class JinjaEvaluator {
    private final RenderBudget budget;
    private final PyMethods methods;
    private final PyAccess access;
    private final PyCutting cutting;
    private final JinjaFilters filters;

    JinjaEvaluator(RenderBudget budget) {
        this.budget = budget;
        this.methods = new PyMethods(budget);
        this.access = new PyAccess(methods, budget);
        this.cutting = new PyCutting(budget);
        this.filters = new JinjaFilters(budget, access, methods.strings());
    }

    /// The value of the expression.
    Object value(JinjaExpr expression, JinjaScope scope) {
        budget.step();
        try {
            return evaluate(expression, scope);
        } catch (TemplateFault fault) {
            throw fault.at(expression.at());
        }
    }

    private Object evaluate(JinjaExpr expression, JinjaScope scope) {
        return switch (expression) {
            case JinjaExpr.Constant constant -> constant.value();
            case JinjaExpr.Name name -> variable(name.name(), scope);
            case JinjaExpr.Attribute attribute ->
                    access.attribute(value(attribute.target(), scope), attribute.name());
            case JinjaExpr.Item item ->
                    access.item(value(item.target(), scope), value(item.index(), scope));
            case JinjaExpr.Call call -> call(call, scope);
            case JinjaExpr.Filter filter -> filter(filter, null, scope);
            case JinjaExpr.Test test -> test(test, scope) != test.negated();
            case JinjaExpr.Not not -> !PyTypes.truth(value(not.operand(), scope));
            case JinjaExpr.And and -> {
                Object left = value(and.left(), scope);
                yield PyTypes.truth(left) ? value(and.right(), scope) : left;
            }
            case JinjaExpr.Or or -> {
                Object left = value(or.left(), scope);
                yield PyTypes.truth(left) ? left : value(or.right(), scope);
            }
            case JinjaExpr.Choice choice -> choice(choice, scope);
            case JinjaExpr.Compare compare -> compare(compare, scope);
            case JinjaExpr.Binary binary ->
                    PyArithmetic.apply(
                            binary.operator(),
                            value(binary.left(), scope),
                            value(binary.right(), scope),
                            budget);
            case JinjaExpr.Concat concat -> concat(concat, scope);
            case JinjaExpr.Signed signed -> signed(signed, scope);
            case JinjaExpr.Slice slice ->
                    cutting.slice(
                            value(slice.target(), scope),
                            bound(slice.from(), scope),
                            bound(slice.to(), scope),
                            bound(slice.step(), scope));
            case JinjaExpr.ListOf list -> {
                budget.make(RenderBudget.OBJECT);
                yield PyList.list(values(list.items(), scope));
            }
            case JinjaExpr.TupleOf tuple -> {
                budget.make(RenderBudget.OBJECT);
                yield PyList.tuple(values(tuple.items(), scope));
            }
            case JinjaExpr.DictOf dict -> dict(dict, scope);
        };
    }

    private Object variable(String name, JinjaScope scope) {
        Object value = scope.find(name);
        return value == null ? PyUndefined.of("'" + name + "' is undefined") : value;
    }

    private Object bound(@Nullable JinjaExpr bound, JinjaScope scope) {
        return bound == null ? PyNone.NONE : value(bound, scope);
    }

    private List<Object> values(List<JinjaExpr> expressions, JinjaScope scope) {
        budget.items(expressions.size());
        List<Object> values = new ArrayList<>(expressions.size());
        for (JinjaExpr expression : expressions) {
            values.add(value(expression, scope));
        }
        return values;
    }

    private Object dict(JinjaExpr.DictOf dict, JinjaScope scope) {
        budget.make(RenderBudget.OBJECT * (1L + dict.keys().size()));
        List<Object> each = new ArrayList<>(2 * dict.keys().size());
        for (int i = 0; i < dict.keys().size(); i++) {
            each.add(value(dict.keys().get(i), scope));
            each.add(value(dict.values().get(i), scope));
        }
        PyDict made = PyDict.empty();
        for (int i = 0; i < each.size(); i += 2) {
            made.put(PyTypes.key(each.get(i), budget), each.get(i + 1));
        }
        return made;
    }

    private Object choice(JinjaExpr.Choice choice, JinjaScope scope) {
        if (PyTypes.truth(value(choice.condition(), scope))) {
            return value(choice.then(), scope);
        }
        return choice.otherwise() == null
                ? PyUndefined.of(
                        "the inline if-expression evaluated to false and no else section was"
                                + " defined.")
                : value(choice.otherwise(), scope);
    }

    private boolean compare(JinjaExpr.Compare compare, JinjaScope scope) {
        Object left = value(compare.first(), scope);
        for (int i = 0; i < compare.others().size(); i++) {
            Object right = value(compare.others().get(i), scope);
            if (!holds(compare.relations().get(i), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private boolean holds(JinjaExpr.Relation relation, Object left, Object right) {
        if (PyNumbers.isNaN(left) || PyNumbers.isNaN(right)) {
            return relation == JinjaExpr.Relation.NOT_EQUAL;
        }
        return switch (relation) {
            case EQUAL -> PyTypes.equal(left, right, budget);
            case NOT_EQUAL -> !PyTypes.equal(left, right, budget);
            case LESS -> PyTypes.compare(left, right, "<", budget) < 0;
            case LESS_EQUAL -> PyTypes.compare(left, right, "<=", budget) <= 0;
            case GREATER -> PyTypes.compare(left, right, ">", budget) > 0;
            case GREATER_EQUAL -> PyTypes.compare(left, right, ">=", budget) >= 0;
            case IN -> PyTypes.contains(right, left, budget);
            case NOT_IN -> !PyTypes.contains(right, left, budget);
        };
    }

    private Object concat(JinjaExpr.Concat concat, JinjaScope scope) {
        SourcedText.Builder out = new SourcedText.Builder(64);
        for (JinjaExpr part : concat.parts()) {
            SourcedText text = PyWriter.str(value(part, scope), budget);
            budget.make(text);
            out.append(text);
        }
        return out.build();
    }

    private Object signed(JinjaExpr.Signed signed, JinjaScope scope) {
        Object operand = PyTypes.requireDefined(value(signed.operand(), scope));
        if (!PyNumbers.isNumber(operand)) {
            throw TemplateFault.type(
                    "bad operand type for unary "
                            + (signed.negative() ? "-" : "+")
                            + ": '"
                            + PyTypes.name(operand)
                            + "'");
        }
        return signed.negative()
                ? PyNumbers.negated(operand)
                : operand instanceof Double ? operand : PyNumbers.narrowed(PyNumbers.big(operand));
    }

    private Object call(JinjaExpr.Call call, JinjaScope scope) {
        return call(call, scope, null);
    }

    /// A call, with the body of a call block as `caller` where there is one.
    Object call(JinjaExpr.Call call, JinjaScope scope, @Nullable PyCallable caller) {
        if (call.target() instanceof JinjaExpr.Attribute method && caller == null) {
            Object target = value(method.target(), scope);
            PyArguments given = arguments(call.arguments(), scope);
            Optional<Object> known =
                    target instanceof PyUndefined
                            ? Optional.empty()
                            : methods.call(target, method.name(), given);
            return known.isPresent()
                    ? known.get()
                    : invoked(access.attribute(target, method.name()), given);
        }
        Object target = value(call.target(), scope);
        PyArguments given = arguments(call.arguments(), scope);
        if (caller == null) {
            return invoked(target, given);
        }
        Map<String, Object> named = new LinkedHashMap<>(given.named());
        named.put("caller", caller);
        return invoked(target, new PyArguments(given.positional(), named));
    }

    private Object invoked(Object target, PyArguments given) {
        if (PyTypes.requireDefined(target) instanceof PyCallable callable) {
            return callable.call(given);
        }
        throw TemplateFault.type("'" + PyTypes.name(target) + "' object is not callable");
    }

    /// The arguments' values.
    PyArguments arguments(JinjaExpr.Arguments arguments, JinjaScope scope) {
        if (arguments.names().isEmpty()
                && arguments.star() == null
                && arguments.starStar() == null) {
            return new PyArguments(values(arguments.positional(), scope), Map.of());
        }
        List<Object> positional = values(arguments.positional(), scope);
        if (arguments.star() != null) {
            for (Iterator<Object> rest = PyTypes.iterator(value(arguments.star(), scope), budget);
                    rest.hasNext(); ) {
                budget.items(1);
                positional.add(rest.next());
            }
        }
        Map<String, Object> named = new HashMap<>();
        for (int i = 0; i < arguments.names().size(); i++) {
            named.put(arguments.names().get(i), value(arguments.named().get(i), scope));
        }
        if (arguments.starStar() != null) {
            if (!(value(arguments.starStar(), scope) instanceof PyDict dict)) {
                throw TemplateFault.type("argument after ** must be a mapping");
            }
            budget.items(4L * dict.entries().size());
            dict.entries().forEach((key, each) -> named.put(key.toString(), each));
        }
        return new PyArguments(positional, named);
    }

    private boolean test(JinjaExpr.Test test, JinjaScope scope) {
        Object target = value(test.target(), scope);
        return JinjaTests.passes(test.name(), target, arguments(test.arguments(), scope), budget);
    }

    /// A filter, or a chain of them around `block`, the text of a filter block.
    Object filter(JinjaExpr.Filter filter, @Nullable Object block, JinjaScope scope) {
        JinjaExpr target = filter.target();
        Object value;
        if (target == null) {
            value = block == null ? SourcedText.EMPTY : block;
        } else if (block != null && target instanceof JinjaExpr.Filter inner) {
            value = filter(inner, block, scope);
        } else {
            value = value(target, scope);
        }
        return filters.apply(filter.name(), value, arguments(filter.arguments(), scope));
    }

    /// What a template may call and needs no value for.
    PyAccess access() {
        return access;
    }
}
