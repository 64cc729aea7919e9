package dev.attune.tensor;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class RopeTest {
    /// Two products and their sum.
    private static final int ROUNDINGS = 2;

    @OnRandomShapes
    void halfSplitPairsAreTurned(Dtype dtype, long seed) {
        check(dtype, seed, false, 0);
    }

    @OnRandomShapes
    void interleavedPairsAreTurned(Dtype dtype, long seed) {
        check(dtype, seed, true, 0);
    }

    @OnRandomShapes
    void featuresPastTheRotaryPartPassUnchanged(Dtype dtype, long seed) {
        check(dtype, seed, seed % 2 == 0, 6);
    }

    private static void check(Dtype dtype, long seed, boolean interleaved, int rest) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int half = oracle.size(1, 6);
            int dim = 2 * half + rest;
            int tokens = oracle.size(1, 12);
            Oracle.Input x = oracle.input(tokens, (long) oracle.size(1, 4) * dim);
            Tensor cos = oracle.normal(1, tokens, half);
            Tensor sin = oracle.normal(1, tokens, half);
            oracle.check(
                    () -> {
                        var angles = new Rope.Angles(cos, sin, interleaved);
                        return Rope.apply(oracle.tape(), x.value(), angles, dim);
                    },
                    () ->
                            Naive.rope(
                                    x.exact(),
                                    cos.to(Dtype.FLOAT64),
                                    sin.to(Dtype.FLOAT64),
                                    interleaved,
                                    dim));
        }
    }
}
