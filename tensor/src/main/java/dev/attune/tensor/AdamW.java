package dev.attune.tensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// AdamW, [Loshchilov & Hutter 2019](https://arxiv.org/abs/1711.05101) algorithm 2.
///
/// ```
/// m ← β₁m + (1 − β₁)g          v ← β₂v + (1 − β₂)g²
/// θ ← θ − η·λ·θ − η·m̂/(√v̂ + ε)      m̂ = m/(1 − β₁ᵗ)   v̂ = v/(1 − β₂ᵗ)
/// ```
///
/// With `amsgrad` the largest v so far stands in place of v. One call of libtorch's fused kernel
/// does all weights.
///
/// @param betaOne β₁
/// @param betaTwo β₂
/// @param eps ε
/// @param weightDecay λ
/// @param amsgrad whether second moments never shrink
public record AdamW(double betaOne, double betaTwo, double eps, double weightDecay, boolean amsgrad)
        implements OptimizerRule {
    /// PyTorch's defaults.
    public static final AdamW DEFAULTS = new AdamW(0.9, 0.999, 1e-8, 0.01);

    /// Checks the numbers.
    public AdamW {
        OptimizerRule.requireFraction("betaOne", betaOne);
        OptimizerRule.requireFraction("betaTwo", betaTwo);
        OptimizerRule.requireNotNegative("eps", eps);
        OptimizerRule.requireNotNegative("weightDecay", weightDecay);
    }

    /// The plain rule, without `amsgrad`.
    public AdamW(double betaOne, double betaTwo, double eps, double weightDecay) {
        this(betaOne, betaTwo, eps, weightDecay, false);
    }

    @Override
    public Map<String, long[]> stateShapes(long[] shape) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(OptimizerKernels.FIRST_MOMENT, shape);
        shapes.put(OptimizerKernels.SECOND_MOMENT, shape);
        if (amsgrad) {
            shapes.put(OptimizerKernels.LARGEST_SECOND_MOMENT, shape);
        }
        return shapes;
    }

    @Override
    public void move(List<Slot> slots, double learningRate, double decay) {
        OptimizerKernels.fusedAdam(
                "_fused_adamw_",
                slots,
                new OptimizerKernels.AdamNumbers(
                        learningRate, betaOne, betaTwo, eps, decay, amsgrad));
    }
}
