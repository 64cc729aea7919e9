package dev.attune.text;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/// A statement of a template; `at` is where it starts in the source.
sealed interface JinjaStatement {
    /// Where it starts in the source.
    int at();

    /// Text to be written as it is.
    record Data(SourcedText text, int at) implements JinjaStatement {}

    /// `{{ value }}`
    record Output(JinjaExpr value, int at) implements JinjaStatement {}

    /// `{% if %}`, its `elif`s and `else`.
    record If(
            List<JinjaExpr> conditions,
            List<List<JinjaStatement>> branches,
            List<JinjaStatement> otherwise,
            int at)
            implements JinjaStatement {}

    /// `{% for target in items if condition %}`
    record For(
            Target target,
            JinjaExpr items,
            @Nullable JinjaExpr condition,
            boolean recursive,
            List<JinjaStatement> body,
            List<JinjaStatement> otherwise,
            int at)
            implements JinjaStatement {}

    /// `{% set target = value %}`
    record Assign(Target target, JinjaExpr value, int at) implements JinjaStatement {}

    /// `{% set target | filters %}...{% endset %}`
    record AssignBlock(
            Target target, @Nullable JinjaExpr filters, List<JinjaStatement> body, int at)
            implements JinjaStatement {}

    /// `{% macro name(parameters) %}`
    record Macro(String name, Signature signature, List<JinjaStatement> body, int at)
            implements JinjaStatement {}

    /// `{% call(parameters) target(...) %}`
    record CallBlock(Signature signature, JinjaExpr.Call call, List<JinjaStatement> body, int at)
            implements JinjaStatement {}

    /// `{% filter name(...) %}`
    record FilterBlock(JinjaExpr filters, List<JinjaStatement> body, int at)
            implements JinjaStatement {}

    /// `{% with a = 1 %}`
    record With(List<Target> targets, List<JinjaExpr> values, List<JinjaStatement> body, int at)
            implements JinjaStatement {}

    /// `{% generation %}`: what the model is to learn.
    record Generation(List<JinjaStatement> body, int at) implements JinjaStatement {}

    /// `{% break %}`
    record Break(int at) implements JinjaStatement {}

    /// `{% continue %}`
    record Continue(int at) implements JinjaStatement {}

    /// The parameters of a macro.
    ///
    /// @param names their names
    /// @param defaults the values of the last ones
    /// @param specials which of `varargs`, `kwargs` and `caller` the body reads
    record Signature(List<String> names, List<JinjaExpr> defaults, Set<String> specials) {}

    /// What a value is assigned to.
    sealed interface Target {
        /// A name.
        record Variable(String name) implements Target {}

        /// `namespace.attribute`
        record Member(String namespace, String attribute, int at) implements Target {}

        /// `a, b`
        record Several(List<Target> parts) implements Target {}
    }
}
