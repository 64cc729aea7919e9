package dev.attune.tensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// One weight in the hands of an [Optimizer]: the float32 master that moves, what the rule keeps
/// for it, and how often it moved.
final class Slot {
    private final Parameter parameter;
    private final Tensor master;
    private final Map<String, Tensor> state;
    private long steps;

    /// @param owner holds the master copy and the state
    Slot(Parameter parameter, OptimizerRule rule, Scope owner) {
        this.parameter = parameter;
        Tensor data = parameter.data();
        try (var _ = Scope.open("slot")) {
            master = isMaster() ? data : owner.adopt(data.to(Dtype.FLOAT32));
            Map<String, Tensor> zeros = new LinkedHashMap<>();
            rule.stateShapes(data.shape())
                    .forEach((name, shape) ->
                            zeros.put(
                                    name,
                                    owner.adopt(
                                            Tensor.zeros(Dtype.FLOAT32, data.device(), shape))));
            state = Collections.unmodifiableMap(zeros);
        }
    }

    /// Whether the weight is its own master.
    boolean isMaster() {
        return parameter.data().dtype() == Dtype.FLOAT32;
    }

    Parameter parameter() {
        return parameter;
    }

    /// What the rule moves, float32.
    Tensor master() {
        return master;
    }

    /// What the rule keeps under that name.
    Tensor state(String name) {
        return Objects.requireNonNull(state.get(name), name);
    }

    /// The gradient in float32, belonging to the innermost scope if it had to be widened.
    Tensor gradient() {
        return parameter.gradient().orElseThrow().to(Dtype.FLOAT32);
    }

    /// The number of the step under way, from 1.
    long steps() {
        return steps;
    }

    void countStep() {
        steps++;
    }

    void restoreSteps(long count) {
        steps = count;
    }

    /// Everything to save, by `parameter.name`: the master copy, if there is one, and the state.
    Map<String, Tensor> saved() {
        Map<String, Tensor> saved = new LinkedHashMap<>();
        if (!isMaster()) {
            saved.put(parameter.name() + ".master", master);
        }
        state.forEach((name, tensor) -> saved.put(parameter.name() + "." + name, tensor));
        return saved;
    }
}
