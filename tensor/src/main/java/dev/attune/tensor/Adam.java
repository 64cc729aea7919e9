package dev.attune.tensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Adam, [Kingma & Ba 2015](https://arxiv.org/abs/1412.6980), with weight decay as part of the
/// gradient (L2), which the moments then divide; [AdamW] keeps it apart.
///
/// ```
/// g ← g + λθ    m ← β₁m + (1 − β₁)g    v ← β₂v + (1 − β₂)g²
/// θ ← θ − η·m̂/(√v̂ + ε)      m̂ = m/(1 − β₁ᵗ)   v̂ = v/(1 − β₂ᵗ)
/// ```
///
/// @param betaOne β₁
/// @param betaTwo β₂
/// @param eps ε
/// @param weightDecay λ
public record Adam(double betaOne, double betaTwo, double eps, double weightDecay)
        implements OptimizerRule {
    /// Checks the numbers.
    public Adam {
        OptimizerRule.requireFraction("betaOne", betaOne);
        OptimizerRule.requireFraction("betaTwo", betaTwo);
        OptimizerRule.requireNotNegative("eps", eps);
        OptimizerRule.requireNotNegative("weightDecay", weightDecay);
    }

    @Override
    public Map<String, long[]> stateShapes(long[] shape) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(OptimizerKernels.FIRST_MOMENT, shape);
        shapes.put(OptimizerKernels.SECOND_MOMENT, shape);
        return shapes;
    }

    @Override
    public void move(List<Slot> slots, double learningRate, double decay) {
        OptimizerKernels.fusedAdam(
                "_fused_adam_",
                slots,
                new OptimizerKernels.AdamNumbers(
                        learningRate, betaOne, betaTwo, eps, decay, false));
    }
}
