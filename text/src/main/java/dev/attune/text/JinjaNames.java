package dev.attune.text;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Consumer;

/// The variables that an expression reads.
final class JinjaNames {
    private final Consumer<String> found;

    private JinjaNames(Consumer<String> found) {
        this.found = found;
    }

    /// Tells every name that the expression reads.
    static void of(@Nullable JinjaExpr expression, Consumer<String> found) {
        new JinjaNames(found).walk(expression);
    }

    private void walk(List<JinjaExpr> expressions) {
        expressions.forEach(this::walk);
    }

    private void walk(JinjaExpr.Arguments arguments) {
        walk(arguments.positional());
        walk(arguments.named());
        walk(arguments.star());
        walk(arguments.starStar());
    }

    private void walk(@Nullable JinjaExpr expression) {
        if (expression == null) {
            return;
        }
        switch (expression) {
            case JinjaExpr.Constant _ -> {}
            case JinjaExpr.Name name -> found.accept(name.name());
            case JinjaExpr.ListOf list -> walk(list.items());
            case JinjaExpr.TupleOf tuple -> walk(tuple.items());
            case JinjaExpr.DictOf dict -> {
                walk(dict.keys());
                walk(dict.values());
            }
            case JinjaExpr.Attribute attribute -> walk(attribute.target());
            case JinjaExpr.Item item -> {
                walk(item.target());
                walk(item.index());
            }
            case JinjaExpr.Slice slice -> {
                walk(slice.target());
                walk(slice.from());
                walk(slice.to());
                walk(slice.step());
            }
            case JinjaExpr.Call call -> {
                walk(call.target());
                walk(call.arguments());
            }
            case JinjaExpr.Filter filter -> {
                walk(filter.target());
                walk(filter.arguments());
            }
            case JinjaExpr.Test test -> {
                walk(test.target());
                walk(test.arguments());
            }
            case JinjaExpr.Not not -> walk(not.operand());
            case JinjaExpr.Signed signed -> walk(signed.operand());
            case JinjaExpr.Binary binary -> {
                walk(binary.left());
                walk(binary.right());
            }
            case JinjaExpr.Concat concat -> walk(concat.parts());
            case JinjaExpr.Compare compare -> {
                walk(compare.first());
                walk(compare.others());
            }
            case JinjaExpr.And and -> {
                walk(and.left());
                walk(and.right());
            }
            case JinjaExpr.Or or -> {
                walk(or.left());
                walk(or.right());
            }
            case JinjaExpr.Choice choice -> {
                walk(choice.condition());
                walk(choice.then());
                walk(choice.otherwise());
            }
        }
    }
}
