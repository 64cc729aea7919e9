package dev.attune.tensor;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.extension.ExtendWith;

import java.util.List;

@ExtendWith(LeakCheck.class)
class SplitTest {
    /// Numbers are copied only.
    private static final int ROUNDINGS = 0;

    @OnRandomShapes
    void oneGroupTakesConsecutiveColumns(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int a = oracle.size(1, 9);
            int b = oracle.size(1, 9);
            int c = oracle.size(1, 9);
            Oracle.Input x = oracle.input(oracle.size(1, 9), a + b + c);
            oracle.checkAll(
                    () -> Split.apply(oracle.tape(), x.value(), 1, a, b, c),
                    () ->
                            List.of(
                                    x.exact().narrow(1, 0, a),
                                    x.exact().narrow(1, a, b),
                                    x.exact().narrow(1, a + b, c)),
                    3);
        }
    }

    @OnRandomShapes
    void aGroupForEachHeadTakesAPartOfEveryHead(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int heads = oracle.size(2, 5);
            int dim = oracle.size(1, 6);
            int tokens = oracle.size(1, 9);
            Oracle.Input x = oracle.input(tokens, 3L * heads * dim);
            oracle.checkAll(
                    () -> Split.apply(oracle.tape(), x.value(), heads, dim, dim, dim),
                    () -> {
                        Tensor grouped = x.exact().view(tokens, heads, 3, dim);
                        return List.of(
                                grouped.select(2, 0).reshape(tokens, (long) heads * dim),
                                grouped.select(2, 1).reshape(tokens, (long) heads * dim),
                                grouped.select(2, 2).reshape(tokens, (long) heads * dim));
                    },
                    3);
        }
    }

    @InBothTypes
    void aPartThatGetsNoGradientCountsAsZeros(Dtype dtype) {
        try (var oracle = new Oracle(dtype, 16, ROUNDINGS)) {
            Oracle.Input x = oracle.input(3, 10);
            oracle.checkAll(
                    () -> Split.apply(oracle.tape(), x.value(), 2, 2, 3),
                    () -> {
                        Tensor grouped = x.exact().view(3, 2, 5);
                        return List.of(
                                grouped.narrow(2, 0, 2).reshape(3, 4),
                                grouped.narrow(2, 2, 3).reshape(3, 6));
                    },
                    1);
        }
    }

    @InBothTypes
    void noRowsAreTakenApartIntoNoRows(Dtype dtype) {
        try (var oracle = new Oracle(dtype, 17, ROUNDINGS)) {
            Oracle.Input x = oracle.input(0, 10);
            oracle.checkAll(
                    () -> Split.apply(oracle.tape(), x.value(), 2, 2, 3),
                    () -> List.of(x.exact().narrow(1, 0, 4), x.exact().narrow(1, 0, 6)),
                    2);
        }
    }
}
