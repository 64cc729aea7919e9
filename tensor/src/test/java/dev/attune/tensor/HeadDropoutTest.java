package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.Arrays;

/// An adapter on the head that drops inputs while it learns.
@ExtendWith(LeakCheck.class)
class HeadDropoutTest {
    /// Those of the head without dropout, and the product with the mask's scale.
    private static final int ROUNDINGS = 7;

    private static final Dropout DROPOUT = new Dropout(0.25, new Seed(11));

    @OnRandomShapes
    void gradientsAreThoseOfThePlainFormulaWithTheVeryMask(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int hidden = oracle.size(4, 40);
            int vocabulary = oracle.size(2, 60);
            int rows = oracle.size(3, 20);
            double std = 1 / Math.sqrt(hidden);
            Oracle.Input h = oracle.input(rows, hidden);
            Oracle.Weight w = oracle.smallWeight(std, vocabulary, hidden);
            Oracle.Weight a = oracle.smallWeight(std, 3, hidden);
            Oracle.Weight b = oracle.smallWeight(std, vocabulary, 3);
            int[] labelled = {0, rows - 1, 1};
            int[] targets = oracle.indices(3, vocabulary);
            oracle.check(
                    () -> {
                        var head =
                                new TokenLogProbs.Head(
                                        w.parameter(), oracle.lowRank(a, b, 0.5), 0.5, 0, DROPOUT);
                        return TokenLogProbs.apply(
                                oracle.tape(), h.value(), head, labels(labelled, targets));
                    },
                    () -> {
                        Tensor rowsOfLabels = h.exact().rows(Tensor.indices(labelled, Device.CPU));
                        Tensor mask = DROPOUT.mask(rowsOfLabels).to(Dtype.FLOAT64);
                        Tensor dropped = rowsOfLabels.times(mask).times(1 / 0.75);
                        Tensor z =
                                rowsOfLabels
                                        .matmul(w.exact().transposed())
                                        .plus(
                                                dropped.matmul(a.exact().transposed())
                                                        .matmul(b.exact().transposed())
                                                        .times(0.5))
                                        .times(0.5);
                        Tensor at = Tensor.indices(targets, Device.CPU).unsqueeze(1);
                        return z.gather(at).reshape(3).minus(z.logsumexp());
                    });
        }
    }

    @Test
    void theGradientTakenAheadIsTheOneTakenLater() {
        assertThat(gradient(true)).isEqualTo(gradient(false));
    }

    private static float[] gradient(boolean ahead) {
        try (Generator generator = Generator.seeded(7);
                var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Parameter w = new Parameter("w", normal(generator, 1 << 20, 2));
            Parameter a = new Parameter("a", normal(generator, 3, 2)).train(true);
            Parameter b = new Parameter("b", normal(generator, 1 << 20, 3));
            Value h = tape.variable(normal(generator, 19, 2));
            // Chunks of 16 rows: a mask of its own for each would show.
            int[] all = new int[19];
            Arrays.setAll(all, i -> i);
            var head = new TokenLogProbs.Head(w, new LowRank(a, b, 1), 1, 0, DROPOUT);
            Tensor dl = Tensor.full(-0.5, Dtype.FLOAT32, Device.CPU, 19);
            Value found = TokenLogProbs.apply(tape, h, head, labels(all, all), ahead ? dl : null);
            tape.backward(found, dl);
            float[] gradient = a.gradient().orElseThrow().floats();
            a.clearGradient();
            return gradient;
        }
    }

    @Test
    void judgingDropsNothing() {
        try (Generator generator = Generator.seeded(8);
                var _ = Scope.open("test");
                Tape tape = Tape.off()) {
            Parameter w = new Parameter("w", normal(generator, 9, 4));
            LowRank update =
                    new LowRank(
                            new Parameter("a", normal(generator, 2, 4)),
                            new Parameter("b", normal(generator, 9, 2)),
                            1);
            Value h = tape.constant(normal(generator, 3, 4));
            var labels = labels(new int[] {0, 1, 2}, new int[] {5, 0, 8});
            var plain = new TokenLogProbs.Head(w, update, 1, 0);
            var dropping = new TokenLogProbs.Head(w, update, 1, 0, DROPOUT);
            assertThat(TokenLogProbs.apply(tape, h, dropping, labels).data().floats())
                    .isEqualTo(TokenLogProbs.apply(tape, h, plain, labels).data().floats());
        }
    }

    private static TokenLogProbs.Labels labels(int[] rows, int[] targets) {
        return new TokenLogProbs.Labels(
                Tensor.indices(rows, Device.CPU), Tensor.indices(targets, Device.CPU));
    }

    private static Tensor normal(Generator generator, long... shape) {
        return generator.normal(0, 1, Dtype.FLOAT32, Device.CPU, shape);
    }
}
