package dev.attune.tensor;

import dev.attune.testkit.LeakCheck;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class LowRankTest {
    /// The product with A, the scaled product with B, the sum; and as many back.
    private static final int ROUNDINGS = 3;

    @OnRandomShapes
    void linearWithLowRankEqualsTheLinearOfTheUpdatedWeight(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int in = oracle.size(1, 40);
            int out = oracle.size(1, 40);
            int rank = oracle.size(1, 8);
            Oracle.Input x = oracle.input(oracle.size(1, 30), in);
            Oracle.Weight w = oracle.frozen(out, in);
            Oracle.Weight a = oracle.weight(rank, in);
            Oracle.Weight b = oracle.weight(out, rank);
            oracle.check(
                    () -> adapted(oracle, x, w, oracle.lowRank(a, b, 0.75)),
                    () -> x.exact().matmul(Naive.updated(w.exact(), a, b, 0.75).transposed()));
        }
    }

    @InBothTypes
    void oneFactorMayTrainWhileTheOtherIsFrozen(Dtype dtype) {
        try (var oracle = new Oracle(dtype, 9, ROUNDINGS)) {
            Oracle.Input x = oracle.input(7, 6);
            Oracle.Weight w = oracle.weight(5, 6);
            Oracle.Weight a = oracle.frozen(3, 6);
            Oracle.Weight b = oracle.weight(5, 3);
            oracle.check(
                    () -> adapted(oracle, x, w, oracle.lowRank(a, b, 2)),
                    () -> x.exact().matmul(Naive.updated(w.exact(), a, b, 2).transposed()));
        }
    }

    @OnRandomShapes
    void magnitudeGivesEachRowOfTheUpdatedWeightItsLength(Dtype dtype, long seed) {
        checkMagnitude(dtype, seed, Linear.Layout.OUT_IN, seed % 2 == 0);
    }

    @InBothTypes
    void magnitudeWorksInTheInOutLayout(Dtype dtype) {
        checkMagnitude(dtype, 10, Linear.Layout.IN_OUT, true);
    }

    private static void checkMagnitude(
            Dtype dtype, long seed, Linear.Layout layout, boolean withBias) {
        // Beside those of the low-rank product: the row norms, their ratio and the product with it.
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS + 3)) {
            int in = oracle.size(2, 40);
            int out = oracle.size(1, 40);
            int rank = oracle.size(1, 8);
            boolean outIn = layout == Linear.Layout.OUT_IN;
            Oracle.Input x = oracle.input(oracle.size(1, 30), in);
            Oracle.Weight w = outIn ? oracle.frozen(out, in) : oracle.frozen(in, out);
            Oracle.Weight a = oracle.weight(rank, in);
            Oracle.Weight b = oracle.weight(out, rank);
            Oracle.Weight m = oracle.weight(out);
            Oracle.@Nullable Weight bias = withBias ? oracle.weight(out) : null;
            LowRank lowRank = oracle.lowRank(a, b, 0.5);
            oracle.check(
                    () -> {
                        Value u = adapted(oracle, x, w, lowRank, layout);
                        Tensor norms = Magnitude.rowNorms(w.parameter(), layout, lowRank);
                        return Magnitude.apply(
                                oracle.tape(),
                                u,
                                m.parameter(),
                                norms,
                                bias == null ? null : bias.parameter());
                    },
                    () -> {
                        Tensor weight = outIn ? w.exact() : w.exact().transposed();
                        Tensor updated = Naive.updated(weight, a, b, 0.5);
                        Tensor norms = Naive.sqrt(updated.times(updated).sum(1, false));
                        Tensor ratio = m.exact().over(Naive.detached(norms));
                        Tensor y = x.exact().matmul(updated.transposed()).times(ratio);
                        return bias == null ? y : y.plus(bias.exact());
                    });
        }
    }

    private static Value adapted(Oracle oracle, Oracle.Input x, Oracle.Weight w, LowRank lowRank) {
        return adapted(oracle, x, w, lowRank, Linear.Layout.OUT_IN);
    }

    private static Value adapted(
            Oracle oracle, Oracle.Input x, Oracle.Weight w, LowRank lowRank, Linear.Layout layout) {
        Value y = Linear.apply(oracle.tape(), x.value(), w.parameter(), null, layout);
        return lowRank.apply(oracle.tape(), x.value(), y);
    }
}
