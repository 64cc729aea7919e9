package dev.attune.tensor;

import dev.attune.testkit.LeakCheck;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.List;

@ExtendWith(LeakCheck.class)
class NormTest {
    /// Sums are in float32; the normed row and its product with the weight are rounded.
    private static final int ROUNDINGS = 3;

    private static final double EPS = 1e-6;

    @OnRandomShapes
    void rmsNormEqualsDivisionByTheRootMeanSquare(Dtype dtype, long seed) {
        checkRms(dtype, seed, 0);
    }

    @OnRandomShapes
    void rmsNormWithOffsetOneAddsOneToTheWeight(Dtype dtype, long seed) {
        checkRms(dtype, seed, 1);
    }

    private static void checkRms(Dtype dtype, long seed, double offset) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int width = oracle.size(2, 60);
            Oracle.Input x = oracle.input(oracle.size(1, 20), width);
            Oracle.Weight w = oracle.weight(width);
            oracle.check(
                    () -> RmsNorm.apply(oracle.tape(), x.value(), w.parameter(), EPS, offset),
                    () -> Naive.unitRms(x.exact(), EPS).times(w.exact().plus(offset)));
        }
    }

    @OnRandomShapes
    void weightShorterThanTheRowNormsEachHeadByItself(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int heads = oracle.size(1, 5);
            int dim = oracle.size(2, 16);
            int tokens = oracle.size(1, 20);
            double offset = oracle.size(0, 1);
            Oracle.Input x = oracle.input(tokens, (long) heads * dim);
            Oracle.Weight w = oracle.weight(dim);
            oracle.check(
                    () -> RmsNorm.apply(oracle.tape(), x.value(), w.parameter(), EPS, offset),
                    () ->
                            Naive.unitRms(x.exact().view(tokens, heads, dim), EPS)
                                    .times(w.exact().plus(offset))
                                    .view(tokens, (long) heads * dim));
        }
    }

    @InBothTypes
    void rmsNormOfAFrozenWeightCarriesTheGradientOn(Dtype dtype) {
        try (var oracle = new Oracle(dtype, 12, ROUNDINGS)) {
            Oracle.Input x = oracle.input(5, 8);
            Oracle.Weight w = oracle.frozen(8);
            oracle.check(
                    () -> RmsNorm.apply(oracle.tape(), x.value(), w.parameter(), 1e-2, 0),
                    () -> Naive.unitRms(x.exact(), 1e-2).times(w.exact()));
        }
    }

    @InBothTypes
    void normsTakeAPartOfAFusedProjectionAsItLies(Dtype dtype) {
        try (var oracle = new Oracle(dtype, 13, ROUNDINGS)) {
            Oracle.Input x = oracle.input(5, 24);
            Oracle.Weight w = oracle.weight(4);
            Oracle.Weight b = oracle.weight(4);
            oracle.checkAll(
                    () -> {
                        List<Value> parts = Split.apply(oracle.tape(), x.value(), 1, 8, 16);
                        return List.of(
                                RmsNorm.apply(oracle.tape(), parts.get(0), w.parameter(), EPS, 0),
                                LayerNorm.apply(
                                        oracle.tape(), parts.get(1), b.parameter(), null, EPS));
                    },
                    () -> {
                        Tensor one = x.exact().narrow(1, 0, 8).reshape(5, 2, 4);
                        Tensor two = x.exact().narrow(1, 8, 16).reshape(5, 4, 4);
                        return List.of(
                                Naive.unitRms(one, EPS).times(w.exact()).view(5, 8),
                                layerNorm(two, b, null).view(5, 16));
                    },
                    2);
        }
    }

    @OnRandomShapes
    void layerNormEqualsCentringAndScaling(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int width = oracle.size(2, 60);
            Oracle.Input x = oracle.input(oracle.size(1, 20), width);
            Oracle.Weight w = oracle.weight(width);
            Oracle.@Nullable Weight b = seed % 2 == 0 ? oracle.weight(width) : null;
            oracle.check(
                    () -> LayerNorm.apply(oracle.tape(), x.value(), w.parameter(), of(b), EPS),
                    () -> layerNorm(x.exact(), w, b));
        }
    }

    @OnRandomShapes
    void layerNormWithAWeightForEachHeadNormsEachHeadByItself(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int heads = oracle.size(1, 5);
            int dim = oracle.size(2, 16);
            int tokens = oracle.size(1, 20);
            Oracle.Input x = oracle.input(tokens, (long) heads * dim);
            Oracle.Weight w = oracle.weight(heads, dim);
            Oracle.@Nullable Weight b = seed % 2 == 0 ? oracle.weight(heads, dim) : null;
            oracle.check(
                    () -> LayerNorm.apply(oracle.tape(), x.value(), w.parameter(), of(b), EPS),
                    () ->
                            layerNorm(x.exact().view(tokens, heads, dim), w, b)
                                    .view(tokens, (long) heads * dim));
        }
    }

    private static @Nullable Parameter of(Oracle.@Nullable Weight weight) {
        return weight == null ? null : weight.parameter();
    }

    private static Tensor layerNorm(Tensor x, Oracle.Weight w, Oracle.@Nullable Weight b) {
        Tensor centred = x.minus(Naive.mean(x));
        Tensor y = Naive.unitRms(centred, EPS).times(w.exact());
        return b == null ? y : y.plus(b.exact());
    }
}
