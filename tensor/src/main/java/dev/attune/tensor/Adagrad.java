package dev.attune.tensor;

import java.util.List;
import java.util.Map;

/// Adagrad, [Duchi et al. 2011](https://jmlr.org/papers/v12/duchi11a.html), in PyTorch's form.
///
/// ```
/// g ← g + λθ    v ← v + g²    θ ← θ − η·g/(√v + ε)
/// ```
///
/// @param eps ε
/// @param weightDecay λ
public record Adagrad(double eps, double weightDecay) implements OptimizerRule {
    /// PyTorch's defaults.
    public static final Adagrad DEFAULTS = new Adagrad(1e-10, 0);

    private static final String SQUARES = "sum";

    /// Checks the numbers.
    public Adagrad {
        OptimizerRule.requireNotNegative("eps", eps);
        OptimizerRule.requireNotNegative("weightDecay", weightDecay);
    }

    @Override
    public Map<String, long[]> stateShapes(long[] shape) {
        return Map.of(SQUARES, shape);
    }

    @Override
    public void move(List<Slot> slots, double learningRate, double decay) {
        for (Slot slot : slots) {
            try (var _ = Scope.open("Adagrad")) {
                Tensor g = slot.gradient();
                if (decay != 0) {
                    g = g.copy().addInPlace(slot.master(), decay);
                }
                Tensor v = slot.state(SQUARES).addProductOfElementsInPlace(g, g, 1);
                Tensor size = Kernels.sqrt(v).addInPlace(eps);
                OptimizerKernels.addQuotientInPlace(slot.master(), g, size, -learningRate);
            }
        }
    }
}
