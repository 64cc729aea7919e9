package dev.attune.tensor;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class EmbeddingTest {
    /// Rows are copied; a gradient is a sum, rounded each time the same id comes again.
    private static final int ROUNDINGS = 3;

    @OnRandomShapes
    void embeddingEqualsTheRowsOfTheTable(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int vocabulary = oracle.size(2, 50);
            int[] ids = oracle.indices(oracle.size(1, 60), vocabulary);
            Oracle.Weight table = oracle.weight(vocabulary, oracle.size(1, 20));
            oracle.check(
                    () -> Embedding.apply(oracle.tape(), table.parameter(), indices(ids)),
                    () -> table.exact().rows(indices(ids)));
        }
    }

    @OnRandomShapes
    void lowRankEmbeddingEqualsTheRowsOfTheUpdatedTable(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int vocabulary = oracle.size(2, 50);
            int width = oracle.size(1, 20);
            int rank = oracle.size(1, 6);
            int[] ids = oracle.indices(oracle.size(1, 60), vocabulary);
            Oracle.Weight table =
                    seed % 2 == 0
                            ? oracle.weight(vocabulary, width)
                            : oracle.frozen(vocabulary, width);
            Oracle.Weight a = oracle.weight(rank, vocabulary);
            Oracle.Weight b = oracle.weight(width, rank);
            oracle.check(
                    () -> {
                        Tensor id = indices(ids);
                        Value y = Embedding.apply(oracle.tape(), table.parameter(), id);
                        LowRank lowRank = oracle.lowRank(a, b, 0.5);
                        return Embedding.applyLowRank(oracle.tape(), y, lowRank, id);
                    },
                    () -> {
                        Tensor update = b.exact().matmul(a.exact()).transposed().times(0.5);
                        return table.exact().plus(update).rows(indices(ids));
                    });
        }
    }

    @InBothTypes
    void oneIdManyTimesGathersEveryGradient(Dtype dtype) {
        int[] ids = {1, 1, 1, 1, 1, 0, 1, 1};
        try (var oracle = new Oracle(dtype, 11, ROUNDINGS)) {
            Oracle.Weight table = oracle.weight(3, 4);
            oracle.check(
                    () -> Embedding.apply(oracle.tape(), table.parameter(), indices(ids)),
                    () -> table.exact().rows(indices(ids)));
        }
    }

    private static Tensor indices(int[] ids) {
        return Tensor.indices(ids, Device.CPU);
    }
}
