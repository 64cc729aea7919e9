package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class PointwiseTest {
    /// The function of one value, its product with another, and a sum.
    private static final int ROUNDINGS = 3;

    @OnRandomShapes
    void activationsEqualTheirFormulas(Dtype dtype, long seed) {
        for (ActivationKind kind : ActivationKind.values()) {
            try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
                Oracle.Input x = oracle.input(oracle.size(1, 20), oracle.size(1, 70));
                oracle.check(
                        () -> Activation.apply(oracle.tape(), x.value(), kind),
                        () -> Naive.activation(x.exact(), kind));
            }
        }
    }

    @OnRandomShapes
    void gatedActivationsEqualActivatedGateTimesUp(Dtype dtype, long seed) {
        for (ActivationKind kind : ActivationKind.values()) {
            try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
                int tokens = oracle.size(1, 20);
                int width = oracle.size(1, 70);
                Oracle.Input gate = oracle.input(tokens, width);
                Oracle.Input up = oracle.input(tokens, width);
                oracle.check(
                        () -> GatedActivation.apply(oracle.tape(), gate.value(), up.value(), kind),
                        () -> Naive.activation(gate.exact(), kind).times(up.exact()));
            }
        }
    }

    @OnRandomShapes
    void residualAddEqualsTheSum(Dtype dtype, long seed) {
        for (double multiplier : new double[] {1, 0.22, -3}) {
            try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
                int tokens = oracle.size(1, 20);
                int width = oracle.size(1, 70);
                Oracle.Input x = oracle.input(tokens, width);
                Oracle.Input f = oracle.input(tokens, width);
                oracle.check(
                        () -> ResidualAdd.apply(oracle.tape(), x.value(), f.value(), multiplier),
                        () -> x.exact().plus(f.exact().times(multiplier)));
            }
        }
    }

    @InBothTypes
    void aValueAddedToItselfGetsBothGradients(Dtype dtype) {
        for (double multiplier : new double[] {1, 0.5}) {
            try (var oracle = new Oracle(dtype, 14, ROUNDINGS)) {
                Oracle.Input x = oracle.input(4, 5);
                oracle.check(
                        () -> ResidualAdd.apply(oracle.tape(), x.value(), x.value(), multiplier),
                        () -> x.exact().times(1 + multiplier));
            }
        }
    }

    @InBothTypes
    void aStreamPastSeveralBranchesAddsTheirGradientsOnce(Dtype dtype) {
        try (var oracle = new Oracle(dtype, 15, 6)) {
            Oracle.Input x = oracle.input(4, 5);
            oracle.check(
                    () -> {
                        Tape tape = oracle.tape();
                        Value h = x.value();
                        for (int layer = 0; layer < 3; layer++) {
                            Value branch = Activation.apply(tape, h, ActivationKind.SILU);
                            h = ResidualAdd.apply(tape, h, branch, 1);
                        }
                        return h;
                    },
                    () -> {
                        Tensor h = x.exact();
                        for (int layer = 0; layer < 3; layer++) {
                            h = h.plus(Naive.activation(h, ActivationKind.SILU));
                        }
                        return h;
                    });
        }
    }

    @OnRandomShapes
    void scaleEqualsTheProductWithTheFactor(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            Oracle.Input x = oracle.input(oracle.size(1, 20), oracle.size(1, 70));
            oracle.check(
                    () -> Scale.apply(oracle.tape(), x.value(), -12.5),
                    () -> x.exact().times(-12.5));
        }
    }

    @Test
    void scaleByOneIsTheValueItself() {
        try (var _ = Scope.open("test");
                var tape = Tape.recording()) {
            Value x = tape.variable(Tensor.zeros(Dtype.FLOAT32, Device.CPU, 2));
            assertThat(Scale.apply(tape, x, 1)).isSameAs(x);
        }
    }
}
