package dev.attune.tensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// RMSprop, [Graves 2013](https://arxiv.org/abs/1308.0850) section 4.2 without centring, in
/// PyTorch's form.
///
/// ```
/// g ← g + λθ    v ← αv + (1 − α)g²    b ← μb + g/(√v + ε)    θ ← θ − η·b
/// ```
///
/// @param alpha α
/// @param eps ε
/// @param momentum μ, 0 for none
/// @param weightDecay λ
public record RmsProp(double alpha, double eps, double momentum, double weightDecay)
        implements OptimizerRule {
    /// PyTorch's defaults.
    public static final RmsProp DEFAULTS = new RmsProp(0.99, 1e-8, 0, 0);

    private static final String SQUARES = "square_avg";
    private static final String MOMENTUM = "momentum_buffer";

    /// Checks the numbers.
    public RmsProp {
        OptimizerRule.requireFraction("alpha", alpha);
        OptimizerRule.requireNotNegative("momentum", momentum);
        OptimizerRule.requireNotNegative("eps", eps);
        OptimizerRule.requireNotNegative("weightDecay", weightDecay);
    }

    @Override
    public Map<String, long[]> stateShapes(long[] shape) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(SQUARES, shape);
        if (momentum != 0) {
            shapes.put(MOMENTUM, shape);
        }
        return shapes;
    }

    @Override
    public void move(List<Slot> slots, double learningRate, double decay) {
        for (Slot slot : slots) {
            try (var _ = Scope.open("RmsProp")) {
                move(slot, learningRate, decay);
            }
        }
    }

    private void move(Slot slot, double learningRate, double decay) {
        Tensor g = slot.gradient();
        if (decay != 0) {
            g = g.copy().addInPlace(slot.master(), decay);
        }
        Tensor v = slot.state(SQUARES);
        v.multiplyInPlace(alpha).addProductOfElementsInPlace(g, g, 1 - alpha);
        Tensor size = Kernels.sqrt(v).addInPlace(eps);
        if (momentum == 0) {
            OptimizerKernels.addQuotientInPlace(slot.master(), g, size, -learningRate);
        } else {
            Tensor b = slot.state(MOMENTUM).multiplyInPlace(momentum);
            OptimizerKernels.addQuotientInPlace(b, g, size, 1);
            slot.master().addInPlace(b, -learningRate);
        }
    }
}
