package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.List;
import java.util.stream.IntStream;

@ExtendWith(LeakCheck.class)
class TokenLogProbsTest {
    /// Logits are rounded before they are scaled and capped, and so is their gradient; the products
    /// with the hidden states and the weight follow, and the two of a low-rank update.
    private static final int ROUNDINGS = 4;

    /// A head with everything that may be set.
    private record Setup(int rows, int hidden, int vocabulary, List<Integer> labelled) {
        static Setup of(Oracle oracle, int vocabulary) {
            int rows = oracle.size(1, 20);
            List<Integer> labelled =
                    IntStream.range(0, rows).filter(i -> oracle.size(0, 2) > 0).boxed().toList();
            return new Setup(rows, oracle.size(1, 30), vocabulary, labelled);
        }
    }

    @OnRandomShapes
    void logProbsEqualTheLogSoftmaxOfTheWholeLogits(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            check(oracle, Setup.of(oracle, oracle.size(2, 60)), 1, 0, 0);
        }
    }

    @OnRandomShapes
    void logitScaleAndSoftCapActInThatOrder(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            check(oracle, Setup.of(oracle, oracle.size(2, 60)), 0.4, 2.5, 0);
        }
    }

    @OnRandomShapes
    void lowRankHeadEqualsTheHeadOfTheUpdatedWeight(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            check(oracle, Setup.of(oracle, oracle.size(2, 60)), 1.5, 4, 3);
        }
    }

    @InBothTypes
    void noLabelledRowGivesNoLogProbAndNoGradient(Dtype dtype) {
        try (var oracle = new Oracle(dtype, 50, ROUNDINGS)) {
            check(oracle, new Setup(5, 8, 9, List.of()), 1, 0, 2);
        }
    }

    @InBothTypes
    void oneLabelledRowIsEnough(Dtype dtype) {
        try (var oracle = new Oracle(dtype, 51, ROUNDINGS)) {
            check(oracle, new Setup(5, 8, 9, List.of(3)), 1, 0, 0);
        }
    }

    @InBothTypes
    void everyRowMayBeLabelled(Dtype dtype) {
        try (var oracle = new Oracle(dtype, 52, ROUNDINGS)) {
            check(oracle, new Setup(4, 8, 9, List.of(0, 1, 2, 3)), 1, 0, 0);
        }
    }

    @InBothTypes
    void oneRowMayHaveSeveralLabels(Dtype dtype) {
        try (var oracle = new Oracle(dtype, 53, ROUNDINGS)) {
            check(oracle, new Setup(4, 8, 9, List.of(2, 2, 0, 2)), 1, 0, 0);
        }
    }

    @InBothTypes
    void aVocabularyOfTwoIsEnough(Dtype dtype) {
        try (var oracle = new Oracle(dtype, 54, ROUNDINGS)) {
            check(oracle, new Setup(6, 8, 2, List.of(0, 2, 5)), 1, 0, 0);
        }
    }

    /// Three rows of 2²³ + 1 entries: a chunk of 2²⁴ takes one.
    @InBothTypes
    void rowsBeyondOneChunkEqualTheWhole(Dtype dtype) {
        List<Integer> labelled = List.of(0, 1, 3);
        try (var oracle = new Oracle(dtype, 55, ROUNDINGS)) {
            check(oracle, new Setup(4, 1, (1 << 23) + 1, labelled), 1, 0, 0);
        }
    }

    /// Chunks of 16 rows, the last one shorter.
    @Test
    void aShorterLastChunkEqualsTheWhole() {
        List<Integer> labelled = IntStream.range(0, 19).boxed().toList();
        try (var oracle = new Oracle(Dtype.FLOAT32, 56, ROUNDINGS)) {
            check(oracle, new Setup(20, 2, 1 << 20, labelled), 1, 3, 1);
        }
    }

    @Test
    void frozenHeadGetsNoGradientAndCarriesOneOn() {
        try (var oracle = new Oracle(Dtype.FLOAT32, 57, ROUNDINGS)) {
            Oracle.Input h = oracle.input(5, 8);
            Oracle.Weight w = oracle.frozen(11, 8);
            check(oracle, new Parts(h, w, null, null), List.of(1, 4), 1, 0);
            assertThat(w.parameter().gradient()).isEmpty();
        }
    }

    private record Parts(
            Oracle.Input h,
            Oracle.Weight w,
            Oracle.@Nullable Weight a,
            Oracle.@Nullable Weight b) {}

    private static void check(
            Oracle oracle, Setup setup, double logitScale, double softCap, int rank) {
        Oracle.Input h = oracle.input(setup.rows, setup.hidden);
        double std = 1 / Math.sqrt(setup.hidden);
        Oracle.Weight w = oracle.smallWeight(std, setup.vocabulary, setup.hidden);
        Oracle.@Nullable Weight a = rank > 0 ? oracle.smallWeight(std, rank, setup.hidden) : null;
        Oracle.@Nullable Weight b =
                rank > 0 ? oracle.smallWeight(std, setup.vocabulary, rank) : null;
        check(oracle, new Parts(h, w, a, b), setup.labelled, logitScale, softCap);
    }

    private static void check(
            Oracle oracle, Parts of, List<Integer> labelled, double logitScale, double softCap) {
        int[] targets = oracle.indices(labelled.size(), (int) of.w.parameter().data().size(0));
        LowRank lowRank = of.a == null || of.b == null ? null : oracle.lowRank(of.a, of.b, 0.5);
        oracle.check(
                () -> {
                    var head =
                            new TokenLogProbs.Head(of.w.parameter(), lowRank, logitScale, softCap);
                    return TokenLogProbs.apply(
                            oracle.tape(),
                            of.h.value(),
                            head,
                            new TokenLogProbs.Labels(
                                    indices(labelled), Tensor.indices(targets, Device.CPU)));
                },
                () -> {
                    Tensor w =
                            of.a == null || of.b == null
                                    ? of.w.exact()
                                    : Naive.updated(of.w.exact(), of.a, of.b, 0.5);
                    Tensor rows = of.h.exact().rows(indices(labelled));
                    Tensor z = rows.matmul(w.transposed()).times(logitScale);
                    Tensor capped = Naive.capped(z, softCap);
                    Tensor at = Tensor.indices(targets, Device.CPU).unsqueeze(1);
                    Tensor chosen = capped.gather(at).reshape(labelled.size());
                    return chosen.minus(capped.logsumexp());
                });
    }

    private static Tensor indices(List<Integer> rows) {
        return Tensor.indices(rows.stream().mapToInt(i -> i).toArray(), Device.CPU);
    }
}
