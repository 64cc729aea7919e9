package dev.attune.tensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// All that an [Optimizer] needs to go on bit by bit as if it had never stopped, besides the
/// weights themselves.
///
/// The tensors that [Optimizer#state] gives are its own: they change with its next step and end
/// when it is closed, so write or copy them before.
///
/// @param tensors float32, by the name of the parameter and PyTorch's name of what it is:
///   `lm_head.weight.exp_avg`; `.master` is the float32 copy of a weight of another type
/// @param steps how often each parameter moved, by its name
public record OptimizerState(Map<String, Tensor> tensors, Map<String, Long> steps) {
    /// Copies the maps, in their order.
    public OptimizerState {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        steps = Collections.unmodifiableMap(new LinkedHashMap<>(steps));
    }
}
