package dev.attune.tensor;

import java.util.List;
import java.util.Map;

/// Stochastic gradient descent, with PyTorch's form of momentum.
///
/// ```
/// g ← g + λθ
/// b ← μb + (1 − τ)g      at the first step b ← g
/// θ ← θ − η·b            Nesterov: θ ← θ − η·(g + μb)     without momentum: θ ← θ − η·g
/// ```
///
/// @param momentum μ, 0 for none
/// @param dampening τ
/// @param nesterov whether to look one step ahead
/// @param weightDecay λ
public record Sgd(double momentum, double dampening, boolean nesterov, double weightDecay)
        implements OptimizerRule {
    private static final String MOMENTUM = "momentum_buffer";

    /// Checks the numbers.
    public Sgd {
        OptimizerRule.requireNotNegative("momentum", momentum);
        OptimizerRule.requireFraction("dampening", dampening);
        OptimizerRule.requireNotNegative("weightDecay", weightDecay);
        if (nesterov && (momentum == 0 || dampening != 0)) {
            throw new IllegalArgumentException(
                    "nesterov needs momentum and no dampening, but momentum is %s and dampening %s"
                            .formatted(momentum, dampening));
        }
    }

    /// Plain momentum.
    public Sgd(double momentum, double weightDecay) {
        this(momentum, 0, false, weightDecay);
    }

    @Override
    public Map<String, long[]> stateShapes(long[] shape) {
        return momentum == 0 ? Map.of() : Map.of(MOMENTUM, shape);
    }

    @Override
    public void move(List<Slot> slots, double learningRate, double decay) {
        for (Slot slot : slots) {
            try (var _ = Scope.open("Sgd")) {
                slot.master().addInPlace(direction(slot, decay), -learningRate);
            }
        }
    }

    private Tensor direction(Slot slot, double decay) {
        Tensor g = slot.gradient();
        if (decay != 0) {
            g = g.copy().addInPlace(slot.master(), decay);
        }
        if (momentum == 0) {
            return g;
        }
        double share = slot.steps() == 1 ? 1 : 1 - dampening;
        Tensor b = slot.state(MOMENTUM).multiplyInPlace(momentum).addInPlace(g, share);
        return nesterov ? g.copy().addInPlace(b, momentum) : b;
    }
}
