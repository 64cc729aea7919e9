package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;

/// A head that was told the gradient of its log-probabilities gives what one that was not gives.
@ExtendWith(LeakCheck.class)
class HeadGradientAheadTest {
    private static final int ROWS = 40;
    private static final int HIDDEN = 6;
    private static final int VOCABULARY = 1 << 20;

    @ParameterizedTest
    @CsvSource({"1, 0, false", "0.5, 0, true", "1, 3, false", "2, 3, true"})
    void theGradientAheadEqualsTheRecomputedOne(double scale, double cap, boolean lowRank) {
        assertThat(gradients(scale, cap, lowRank, -0.25))
                .usingRecursiveComparison()
                .isEqualTo(gradients(scale, cap, lowRank, null));
    }

    @ParameterizedTest
    @CsvSource({"1, 0, false", "2, 3, true"})
    void anotherGradientThanExpectedIsComputedAnew(double scale, double cap, boolean lowRank) {
        assertThat(gradients(scale, cap, lowRank, 7.0))
                .usingRecursiveComparison()
                .isEqualTo(gradients(scale, cap, lowRank, null));
    }

    /// Gradients of the hidden states and of every weight, for dl = −0.25, told `expected`.
    private static List<float[]> gradients(
            double scale, double cap, boolean lowRank, @Nullable Double expected) {
        List<float[]> found = new ArrayList<>();
        try (var _ = Scope.open("test");
                Generator generator = Generator.seeded(7);
                Tape tape = Tape.recording()) {
            Parameter w = weight(generator, VOCABULARY, HIDDEN);
            Parameter a = weight(generator, 2, HIDDEN);
            Parameter b = weight(generator, VOCABULARY, 2);
            Value h = tape.variable(normal(generator, ROWS, HIDDEN));
            var labels =
                    new TokenLogProbs.Labels(
                            Tensor.indices(ids(37, ROWS), Device.CPU),
                            Tensor.indices(ids(37, VOCABULARY), Device.CPU));
            var head =
                    new TokenLogProbs.Head(w, lowRank ? new LowRank(a, b, 0.5) : null, scale, cap);
            Tensor told = expected == null ? null : full(expected);
            Value logProbs = TokenLogProbs.apply(tape, h, head, labels, told);
            found.add(tape.backwardTo(h, logProbs, full(-0.25)).floats());
            for (Parameter parameter : List.of(w, a, b)) {
                parameter.gradient().ifPresent(g -> found.add(g.floats()));
                parameter.clearGradient();
            }
        }
        return found;
    }

    private static Tensor full(double number) {
        return Tensor.full(number, Dtype.FLOAT32, Device.CPU, 37);
    }

    private static int[] ids(int count, int below) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = (int) (i * 7919L % below);
        }
        return ids;
    }

    private static Parameter weight(Generator generator, long... shape) {
        return new Parameter("w", normal(generator, shape)).train(true);
    }

    private static Tensor normal(Generator generator, long... shape) {
        return generator.normal(0, 1, Dtype.FLOAT32, Device.CPU, shape);
    }
}
