package dev.attune.tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// Adafactor, [Shazeer & Stern 2018](https://arxiv.org/abs/1804.04235) algorithms 4 and 5, in the
/// form of transformers: for a matrix the second moment is kept as row means r and column means c,
/// which needs a thousandth of AdamW's memory.
///
/// ```
/// s = g² + ε₁      β₂ = 1 − t^γ
/// r ← β₂r + (1 − β₂)·mean(s, columns)      c ← β₂c + (1 − β₂)·mean(s, rows)
/// u = g / √(r·c / mean(r))                 a vector: v ← β₂v + (1 − β₂)s,  u = g/√v
/// u ← u / max(1, rms(u)/d)
/// η ← min(floor, 1/√t) if the step is relative      η ← η·max(ε₂, rms(θ)) if scaled
/// θ ← θ − η·λ·θ − η·u                      with β₁: m ← β₁m + (1 − β₁)·η·u,  θ ← θ − η·λ·θ − m
/// ```
///
/// A weight of three or more dimensions is a stack of matrices.
///
/// @param epsSquare ε₁, added to the squared gradient
/// @param epsScale ε₂, the least scale of a weight
/// @param clipThreshold d, the largest root mean square of an update
/// @param decayRate γ, below zero
/// @param betaOne β₁, or none to keep no first moment
/// @param weightDecay λ
/// @param stepSize where η comes from
/// @param scaleParameter whether η is multiplied by the size of the weight
public record Adafactor(
        double epsSquare,
        double epsScale,
        double clipThreshold,
        double decayRate,
        OptionalDouble betaOne,
        double weightDecay,
        StepSize stepSize,
        boolean scaleParameter)
        implements OptimizerRule {
    /// Where η comes from.
    public enum StepSize {
        /// It is the learning rate.
        GIVEN,
        /// min(0.01, 1/√t): the learning rate is ignored.
        RELATIVE,
        /// min(t/10⁶, 1/√t): the learning rate is ignored.
        RELATIVE_WITH_WARMUP
    }

    /// The defaults of transformers' class.
    public static final Adafactor DEFAULTS =
            new Adafactor(1e-30, 1e-3, 1, -0.8, OptionalDouble.empty(), 0, StepSize.RELATIVE, true);

    private static final String ROWS = "exp_avg_sq_row";
    private static final String COLUMNS = "exp_avg_sq_col";

    /// Checks the numbers.
    public Adafactor {
        OptimizerRule.requireFraction("betaOne", betaOne.orElse(0));
        OptimizerRule.requireNotNegative("epsSquare", epsSquare);
        OptimizerRule.requireNotNegative("epsScale", epsScale);
        OptimizerRule.requireNotNegative("weightDecay", weightDecay);
        if (!(clipThreshold > 0) || !(decayRate < 0)) {
            throw new IllegalArgumentException(
                    "clipThreshold is %s, expected above 0; decayRate is %s, expected below 0"
                            .formatted(clipThreshold, decayRate));
        }
    }

    /// As transformers' Trainer uses it for `optim: adafactor`: the learning rate is the schedule's
    /// and is not scaled.
    public static Adafactor ofTrainer(double weightDecay) {
        return new Adafactor(
                1e-30, 1e-3, 1, -0.8, OptionalDouble.empty(), weightDecay, StepSize.GIVEN, false);
    }

    @Override
    public Map<String, long[]> stateShapes(long[] shape) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        int rank = shape.length;
        if (betaOne.isPresent()) {
            shapes.put(OptimizerKernels.FIRST_MOMENT, shape);
        }
        if (rank < 2) {
            shapes.put(OptimizerKernels.SECOND_MOMENT, shape);
            return shapes;
        }
        shapes.put(ROWS, Arrays.copyOf(shape, rank - 1));
        long[] columns = Arrays.copyOf(shape, rank - 1);
        columns[rank - 2] = shape[rank - 1];
        shapes.put(COLUMNS, columns);
        return shapes;
    }

    @Override
    public void move(List<Slot> slots, double learningRate, double decay) {
        for (Slot slot : slots) {
            try (var _ = Scope.open("Adafactor")) {
                move(slot, learningRate, decay);
            }
        }
    }

    private void move(Slot slot, double learningRate, double decay) {
        Tensor w = slot.master();
        Tensor u = normalised(slot);
        Tensor excess = rms(u).multiplyInPlace(1 / clipThreshold);
        u = u.over(OptimizerKernels.atLeastInPlace(excess, 1));
        Tensor rate = rate(slot, learningRate);
        u.multiplyInPlace(rate);
        if (betaOne.isPresent()) {
            double beta = betaOne.getAsDouble();
            u =
                    slot.state(OptimizerKernels.FIRST_MOMENT)
                            .multiplyInPlace(beta)
                            .addInPlace(u, 1 - beta);
        }
        if (decay != 0) {
            w.addProductOfElementsInPlace(w, rate, -decay);
        }
        w.subtractInPlace(u);
    }

    /// The gradient over the root of its second moment.
    private Tensor normalised(Slot slot) {
        Tensor g = slot.gradient();
        double share = Math.pow((double) slot.steps(), decayRate);
        Tensor s = g.times(g).addInPlace(epsSquare);
        if (g.rank() < 2) {
            Tensor v = slot.state(OptimizerKernels.SECOND_MOMENT);
            v.multiplyInPlace(1 - share).addInPlace(s, share);
            return OptimizerKernels.rsqrt(v).multiplyInPlace(g);
        }
        Tensor r = slot.state(ROWS);
        Tensor c = slot.state(COLUMNS);
        r.multiplyInPlace(1 - share).addInPlace(OptimizerKernels.mean(s, -1, false), share);
        c.multiplyInPlace(1 - share).addInPlace(OptimizerKernels.mean(s, -2, false), share);
        Tensor perRow = OptimizerKernels.rsqrt(r.over(OptimizerKernels.mean(r, -1, true)));
        Tensor perColumn = OptimizerKernels.rsqrt(c);
        return perRow.unsqueeze(-1).times(perColumn.unsqueeze(-2)).multiplyInPlace(g);
    }

    private Tensor rate(Slot slot, double learningRate) {
        double t = (double) slot.steps();
        double eta =
                switch (stepSize) {
                    case GIVEN -> learningRate;
                    case RELATIVE -> Math.min(1e-2, 1 / Math.sqrt(t));
                    case RELATIVE_WITH_WARMUP -> Math.min(1e-6 * t, 1 / Math.sqrt(t));
                };
        // A scalar on the device, so that nothing waits for the size of a weight.
        return scaleParameter
                ? OptimizerKernels.atLeastInPlace(rms(slot.master()), epsScale).multiplyInPlace(eta)
                : Tensor.full(eta, Dtype.FLOAT32, slot.master().device());
    }

    /// The root of the mean square, a scalar.
    private static Tensor rms(Tensor x) {
        return OptimizerKernels.norm(x).multiplyInPlace(1 / Math.sqrt((double) x.elements()));
    }
}
