package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class LinearTest {
    /// A product is summed up in float32 and rounded once, and once more where gradients meet.
    private static final int ROUNDINGS = 2;

    @OnRandomShapes
    void linearEqualsTheProductWithTheTransposedWeight(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int in = oracle.size(1, 40);
            int out = oracle.size(1, 40);
            Oracle.Input x = oracle.input(oracle.size(1, 30), in);
            Oracle.Weight w = oracle.weight(out, in);
            oracle.check(
                    () -> linear(oracle, x, w, Linear.Layout.OUT_IN),
                    () -> x.exact().matmul(w.exact().transposed()));
        }
    }

    @OnRandomShapes
    void inOutLayoutEqualsTheProductWithTheWeight(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int in = oracle.size(1, 40);
            Oracle.Input x = oracle.input(oracle.size(1, 30), in);
            Oracle.Weight w = oracle.weight(in, oracle.size(1, 40));
            oracle.check(
                    () -> linear(oracle, x, w, Linear.Layout.IN_OUT),
                    () -> x.exact().matmul(w.exact()));
        }
    }

    @OnRandomShapes
    void biasIsAddedToEachRowInBothLayouts(Dtype dtype, long seed) {
        for (Linear.Layout layout : Linear.Layout.values()) {
            try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
                int size = oracle.size(1, 40);
                Oracle.Input x = oracle.input(oracle.size(1, 30), size);
                Oracle.Weight w = oracle.weight(size, size);
                Oracle.Weight b = oracle.weight(size);
                oracle.check(
                        () ->
                                Linear.apply(
                                        oracle.tape(),
                                        x.value(),
                                        w.parameter(),
                                        b.parameter(),
                                        layout),
                        () -> x.exact().matmul(outIn(w, layout).transposed()).plus(b.exact()));
            }
        }
    }

    private static Tensor outIn(Oracle.Weight w, Linear.Layout layout) {
        return layout == Linear.Layout.OUT_IN ? w.exact() : w.exact().transposed();
    }

    @InBothTypes
    void frozenWeightStillCarriesTheGradientToItsInput(Dtype dtype) {
        for (Linear.Layout layout : Linear.Layout.values()) {
            try (var oracle = new Oracle(dtype, 5, ROUNDINGS)) {
                Oracle.Input x = oracle.input(6, 8);
                Oracle.Weight w = oracle.frozen(8, 8);
                oracle.check(
                        () -> linear(oracle, x, w, layout),
                        () -> x.exact().matmul(outIn(w, layout).transposed()));
            }
        }
    }

    @InBothTypes
    void trainedBiasOfAFrozenWeightGetsItsGradient(Dtype dtype) {
        try (var oracle = new Oracle(dtype, 6, ROUNDINGS)) {
            Oracle.Input x = oracle.input(300, 8);
            Oracle.Weight w = oracle.frozen(5, 8);
            Oracle.Weight b = oracle.weight(5);
            oracle.check(
                    () ->
                            Linear.apply(
                                    oracle.tape(),
                                    x.value(),
                                    w.parameter(),
                                    b.parameter(),
                                    Linear.Layout.OUT_IN),
                    () -> x.exact().matmul(w.exact().transposed()).plus(b.exact()));
        }
    }

    @InBothTypes
    void noRowsGiveNoRowsAndAGradientOfZeros(Dtype dtype) {
        try (var oracle = new Oracle(dtype, 7, ROUNDINGS)) {
            Oracle.Input x = oracle.input(0, 8);
            Oracle.Weight w = oracle.weight(5, 8);
            oracle.check(
                    () -> linear(oracle, x, w, Linear.Layout.OUT_IN),
                    () -> x.exact().matmul(w.exact().transposed()));
        }
    }

    @Test
    void threeUsesOfOneInputAddTheirGradients() {
        try (var oracle = new Oracle(Dtype.FLOAT32, 8, ROUNDINGS)) {
            Oracle.Input x = oracle.input(6, 8);
            Oracle.Weight q = oracle.weight(5, 8);
            Oracle.Weight k = oracle.weight(5, 8);
            Oracle.Weight v = oracle.frozen(5, 8);
            oracle.check(
                    () -> {
                        Value a = linear(oracle, x, q, Linear.Layout.OUT_IN);
                        Value b = linear(oracle, x, k, Linear.Layout.OUT_IN);
                        Value c = linear(oracle, x, v, Linear.Layout.OUT_IN);
                        Value ab = ResidualAdd.apply(oracle.tape(), a, b, 1);
                        return ResidualAdd.apply(oracle.tape(), ab, c, 0.5);
                    },
                    () ->
                            x.exact()
                                    .matmul(
                                            q.exact()
                                                    .plus(k.exact())
                                                    .plus(v.exact().times(0.5))
                                                    .transposed()));
        }
    }

    @Test
    void frozenLinearSavesNothing() {
        try (var _ = Scope.open("step");
                var tape = Tape.recording()) {
            Parameter w = new Parameter("w", Tensor.zeros(Dtype.FLOAT32, Device.CPU, 4, 4));
            Tensor data;
            Value y;
            try (var layer = Scope.open("layer")) {
                data = Tensor.zeros(Dtype.FLOAT32, Device.CPU, 2, 4);
                y = Linear.apply(tape, tape.variable(data), w, null, Linear.Layout.OUT_IN);
                layer.keep(y.data());
            }
            assertThat(y.needsGradient()).isTrue();
            assertThat(data).hasToString("Tensor[freed]");
        }
    }

    private static Value linear(
            Oracle oracle, Oracle.Input x, Oracle.Weight w, Linear.Layout layout) {
        return Linear.apply(oracle.tape(), x.value(), w.parameter(), null, layout);
    }
}
