package dev.attune.text;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// Which variables of a block are its own before it sets them.
///
/// Jinja decides for each block with variables of its own (the template, a loop's body, a macro
/// ...) where its names are found. A name that the block sets, that it did not read before, and
/// that no block around it knows, is its own from the start: blocks inside read nothing by it until
/// it is set, not the variable of that name which the template was given.
///
/// ```
/// {% for m in messages %}{{ bos }}{% endfor %}{% set bos = '<s>' %}    writes no given bos
/// ```
final class JinjaSymbols {
    private final IdentityHashMap<List<JinjaStatement>, Set<String>> hidden =
            new IdentityHashMap<>();

    private JinjaSymbols() {}

    /// The names that are hidden at the start of each block of the template; blocks without any are
    /// absent.
    static IdentityHashMap<List<JinjaStatement>, Set<String>> hidden(
            List<JinjaStatement> template) {
        JinjaSymbols symbols = new JinjaSymbols();
        symbols.frame(template, Names.of(null));
        return symbols.hidden;
    }

    /// The names of one block, or of one branch in it. A branch keeps only what it adds to the
    /// names before it: a copy for each branch would make many names times many branches.
    private static final class Names {
        /// The block around, where this is not a branch.
        private final @Nullable Names outer;

        /// The names before it, where this is a branch.
        private final @Nullable Names before;

        final Set<String> known = new HashSet<>();
        final Set<String> own = new HashSet<>();

        private Names(@Nullable Names outer, @Nullable Names before) {
            this.outer = outer;
            this.before = before;
        }

        static Names of(@Nullable Names outer) {
            return new Names(outer, null);
        }

        Names branch() {
            return new Names(null, this);
        }

        /// Known here or in a block around.
        private boolean isKnown(String name) {
            Names names = this;
            while (names != null) {
                if (names.known.contains(name)) {
                    return true;
                }
                names = names.before == null ? names.outer : names.before;
            }
            return false;
        }

        void load(String name) {
            if (!isKnown(name)) {
                known.add(name);
            }
        }

        void store(String name) {
            if (!isKnown(name)) {
                own.add(name);
            }
            known.add(name);
        }

        void parameter(String name) {
            known.add(name);
        }

        /// After the branch. What is set in some branch alone is looked for outside as well, so
        /// that it is not the block's own.
        void merge(Names branch) {
            known.addAll(branch.known);
        }
    }

    private void frame(List<JinjaStatement> body, Names names) {
        body.forEach(statement -> names(statement, names));
        if (!names.own.isEmpty()) {
            hidden.put(body, Set.copyOf(names.own));
        }
        body.forEach(statement -> inner(statement, names));
    }

    /// The names that a statement uses in its own block.
    private void names(JinjaStatement statement, Names names) {
        switch (statement) {
            case JinjaStatement.Data _, JinjaStatement.Break _, JinjaStatement.Continue _ -> {}
            case JinjaStatement.Generation _ -> {}
            case JinjaStatement.Output output -> loads(output.value(), names);
            case JinjaStatement.If choice -> branches(choice, names);
            case JinjaStatement.For loop -> loads(loop.items(), names);
            case JinjaStatement.Assign assign -> {
                loads(assign.value(), names);
                target(assign.target(), names, false);
            }
            case JinjaStatement.AssignBlock block -> target(block.target(), names, false);
            case JinjaStatement.Macro macro -> names.store(macro.name());
            case JinjaStatement.CallBlock block -> loads(block.call(), names);
            case JinjaStatement.FilterBlock block -> loads(block.filters(), names);
            case JinjaStatement.With with -> with.values().forEach(value -> loads(value, names));
        }
    }

    private void branches(JinjaStatement.If choice, Names names) {
        loads(choice.conditions().getFirst(), names);
        Names first = branch(choice.branches().getFirst(), names);
        Names others = names.branch();
        for (int i = 1; i < choice.branches().size(); i++) {
            loads(choice.conditions().get(i), others);
            others.merge(branch(choice.branches().get(i), others));
        }
        Names otherwise = branch(choice.otherwise(), names);
        List.of(first, others, otherwise).forEach(names::merge);
    }

    private Names branch(List<JinjaStatement> body, Names before) {
        Names names = before.branch();
        body.forEach(statement -> names(statement, names));
        return names;
    }

    private static void target(JinjaStatement.Target target, Names names, boolean parameter) {
        switch (target) {
            case JinjaStatement.Target.Variable variable -> {
                if (parameter) {
                    names.parameter(variable.name());
                } else {
                    names.store(variable.name());
                }
            }
            case JinjaStatement.Target.Member member -> names.load(member.namespace());
            case JinjaStatement.Target.Several several ->
                    several.parts().forEach(part -> target(part, names, parameter));
        }
    }

    /// The blocks inside of a statement.
    private void inner(JinjaStatement statement, Names outer) {
        Names names = Names.of(outer);
        switch (statement) {
            case JinjaStatement.Data _, JinjaStatement.Break _, JinjaStatement.Continue _ -> {}
            case JinjaStatement.Output _, JinjaStatement.Assign _ -> {}
            case JinjaStatement.If choice -> {
                choice.branches().forEach(body -> body.forEach(each -> inner(each, outer)));
                choice.otherwise().forEach(each -> inner(each, outer));
            }
            case JinjaStatement.For loop -> {
                target(loop.target(), names, true);
                names.parameter("loop");
                frame(loop.body(), names);
                frame(loop.otherwise(), Names.of(outer));
            }
            case JinjaStatement.AssignBlock block -> frame(block.body(), names);
            case JinjaStatement.Macro macro -> macro(macro.signature(), macro.body(), names);
            case JinjaStatement.CallBlock block -> macro(block.signature(), block.body(), names);
            case JinjaStatement.FilterBlock block -> frame(block.body(), names);
            case JinjaStatement.With with -> {
                with.targets().forEach(target -> target(target, names, true));
                frame(with.body(), names);
            }
            case JinjaStatement.Generation generation -> frame(generation.body(), names);
        }
    }

    private void macro(JinjaStatement.Signature signature, List<JinjaStatement> body, Names names) {
        signature.names().forEach(names::parameter);
        signature.defaults().forEach(value -> loads(value, names));
        signature.specials().forEach(names::parameter);
        frame(body, names);
    }

    private static void loads(@Nullable JinjaExpr expression, Names names) {
        JinjaNames.of(expression, names::load);
    }
}
