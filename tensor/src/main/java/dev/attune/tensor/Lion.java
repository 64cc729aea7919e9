package dev.attune.tensor;

import java.util.List;
import java.util.Map;

/// Lion, [Chen et al. 2023](https://arxiv.org/abs/2302.06675) algorithm 2: every element moves by
/// the learning rate, and one moment is all the state.
///
/// ```
/// θ ← θ − η·λ·θ − η·sign(β₁m + (1 − β₁)g)
/// m ← β₂m + (1 − β₂)g
/// ```
///
/// A good rate is three to ten times smaller than AdamW's, with λ larger by as much.
///
/// @param betaOne β₁
/// @param betaTwo β₂
/// @param weightDecay λ
public record Lion(double betaOne, double betaTwo, double weightDecay) implements OptimizerRule {
    /// Checks the numbers.
    public Lion {
        OptimizerRule.requireFraction("betaOne", betaOne);
        OptimizerRule.requireFraction("betaTwo", betaTwo);
        OptimizerRule.requireNotNegative("weightDecay", weightDecay);
    }

    @Override
    public Map<String, long[]> stateShapes(long[] shape) {
        return Map.of(OptimizerKernels.FIRST_MOMENT, shape);
    }

    @Override
    public void move(List<Slot> slots, double learningRate, double decay) {
        for (Slot slot : slots) {
            try (var _ = Scope.open("Lion")) {
                Tensor g = slot.gradient();
                Tensor m = slot.state(OptimizerKernels.FIRST_MOMENT);
                Tensor mixed = m.times(betaOne).addInPlace(g, 1 - betaOne);
                if (decay != 0) {
                    slot.master().multiplyInPlace(1 - learningRate * decay);
                }
                slot.master().addInPlace(OptimizerKernels.signInPlace(mixed), -learningRate);
                m.multiplyInPlace(betaTwo).addInPlace(g, 1 - betaTwo);
            }
        }
    }
}
