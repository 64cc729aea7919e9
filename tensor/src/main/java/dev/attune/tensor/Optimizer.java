package dev.attune.tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Moves weights against their gradients, in place, by one [OptimizerRule].
///
/// ```
/// try (Optimizer optimizer = Optimizer.of(AdamW.DEFAULTS, adapter.parameters())) {
///     // per step: forward, backward, then
///     double norm = GradientNorm.clip(adapter.parameters(), 1.0);
///     optimizer.step(schedule.rate(step));
///     optimizer.zeroGrad();
/// }
/// ```
///
/// What a rule keeps is float32. A weight of another type has a float32 master copy, so that
/// updates smaller than its rounding add up; the weight itself is the rounded master. Whoever makes
/// an optimizer closes it, before the weights. One thread.
public final class Optimizer implements AutoCloseable {
    private final OptimizerRule rule;
    private final List<Group> groups;
    private final Scope owner = Scope.owning("optimizer");

    private record Group(List<Slot> slots, double decay, double learningRateFactor) {}

    /// An optimizer with fresh state.
    ///
    /// @throws IllegalArgumentException if two parameters have the same name
    public Optimizer(OptimizerRule rule, List<ParameterGroup> groups) {
        requireDistinct(groups);
        this.rule = rule;
        List<Group> all = new ArrayList<>();
        for (ParameterGroup group : groups) {
            double decay =
                    switch (group.decay()) {
                        case BY_RULE -> rule.weightDecay();
                        case EXEMPT -> 0;
                    };
            List<Slot> slots =
                    group.parameters().stream().map(p -> new Slot(p, rule, owner)).toList();
            all.add(new Group(slots, decay, group.learningRateFactor()));
        }
        this.groups = List.copyOf(all);
    }

    /// An optimizer of one group that decays as the rule says.
    public static Optimizer of(OptimizerRule rule, List<Parameter> parameters) {
        return new Optimizer(rule, List.of(ParameterGroup.decayed(parameters)));
    }

    private static void requireDistinct(List<ParameterGroup> groups) {
        Set<String> seen = new HashSet<>();
        for (ParameterGroup group : groups) {
            for (Parameter parameter : group.parameters()) {
                if (!seen.add(parameter.name())) {
                    throw new IllegalArgumentException(
                            "two parameters are called " + parameter.name());
                }
            }
        }
    }

    /// The rule and its numbers.
    public OptimizerRule rule() {
        return rule;
    }

    /// Moves each weight against its gradient, which stays; a weight without one stays too, and its
    /// step is not counted.
    ///
    /// @param learningRate η of this step
    /// @throws IllegalArgumentException if the rate is negative or not finite
    public void step(double learningRate) {
        if (!(learningRate >= 0 && learningRate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "the learning rate is " + learningRate + ", expected at least 0");
        }
        for (Group group : groups) {
            List<Slot> moving =
                    group.slots.stream().filter(s -> s.parameter().gradient().isPresent()).toList();
            if (!moving.isEmpty()) {
                move(moving, learningRate * group.learningRateFactor, group.decay);
            }
        }
    }

    private void move(List<Slot> moving, double learningRate, double decay) {
        try (var _ = Scope.open("optimizer step")) {
            moving.forEach(Slot::countStep);
            rule.move(moving, learningRate, decay);
            round(moving);
        }
    }

    private static void round(List<Slot> slots) {
        List<Slot> rounded = slots.stream().filter(s -> !s.isMaster()).toList();
        Kernels.copyAll(
                rounded.stream().map(s -> s.parameter().data()).toList(),
                rounded.stream().map(Slot::master).toList());
    }

    /// Frees all gradients.
    public void zeroGrad() {
        slots().forEach(s -> s.parameter().clearGradient());
    }

    /// What to save beside the weights.
    public OptimizerState state() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, Long> steps = new LinkedHashMap<>();
        for (Slot slot : slots()) {
            tensors.putAll(slot.saved());
            steps.put(slot.parameter().name(), slot.steps());
        }
        return new OptimizerState(tensors, steps);
    }

    /// Goes back to what [#state] gave, copying it. A weight that has a master copy becomes the
    /// rounded master; a float32 weight is left to whoever loads it.
    ///
    /// @throws dev.attune.base.AttuneException if the state is of another rule or other parameters;
    ///   nothing is changed then
    public void restore(OptimizerState saved) {
        List<Slot> slots = slots();
        try (var _ = Scope.open("restore")) {
            OptimizerState mine = state();
            StateAgreement.require(saved, mine);
            mine.tensors().forEach((name, t) -> t.copyInPlace(present(saved.tensors().get(name))));
            slots.forEach(s -> s.restoreSteps(present(saved.steps().get(s.parameter().name()))));
            round(slots);
        }
    }

    /// What [StateAgreement] found to be there.
    private static <T> T present(@Nullable T found) {
        return Objects.requireNonNull(found);
    }

    private List<Slot> slots() {
        return groups.stream().flatMap(g -> g.slots.stream()).toList();
    }

    /// Frees the state; the weights and their gradients stay.
    @Override
    public void close() {
        owner.close();
    }
}
