package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.stream.IntStream;

/// The likeliest token beside the log-probability of the label.
@ExtendWith(LeakCheck.class)
class PredictionTest {
    /// The last case takes chunks of 16 rows, of which the second is shorter.
    @ParameterizedTest
    @CsvSource({"FLOAT32, 50, 0", "FLOAT32, 50, 3", "BFLOAT16, 50, 3", "FLOAT32, 1048576, 0"})
    void isTheGreatestOfTheWholeLogits(Dtype dtype, int vocabulary, double cap) {
        try (Generator generator = Generator.seeded(3);
                var _ = Scope.open("test");
                Tape tape = Tape.off()) {
            Parameter w = new Parameter("w", normal(generator, dtype, vocabulary, 2));
            Tensor h = normal(generator, dtype, 19, 2);
            LowRank update =
                    new LowRank(
                            new Parameter("a", normal(generator, dtype, 2, 2)),
                            new Parameter("b", normal(generator, dtype, vocabulary, 2)),
                            0.5);
            var head = new TokenLogProbs.Head(w, update, -0.7, cap);
            int[] rows = IntStream.range(0, 19).toArray();
            TokenLogProbs.Labels labels = labels(rows);
            TokenLogProbs.Prediction found = TokenLogProbs.predict(h, head, labels);
            Value scored = TokenLogProbs.apply(tape, tape.constant(h), head, labels);
            assertThat(found.logProbs().floats()).isEqualTo(scored.data().floats());
            long[] likeliest = found.likeliest().longs();
            for (int row = 0; row < rows.length; row++) {
                try (var _ = Scope.open("row")) {
                    float[] logits = head.logits(h.narrow(0, row, 1)).floats();
                    assertThat(logits[(int) likeliest[row]]).isEqualTo(logits[firstMost(logits)]);
                }
            }
        }
    }

    private static int firstMost(float[] logits) {
        int most = 0;
        for (int i = 1; i < logits.length; i++) {
            most = logits[i] > logits[most] ? i : most;
        }
        return most;
    }

    @Test
    void ofEqualLogitsTheLowestIdCounts() {
        try (var _ = Scope.open("test")) {
            int vocabulary = 1000;
            float[] weights = new float[vocabulary];
            for (int id : new int[] {17, 18, 400, 999}) {
                weights[id] = 1;
            }
            Parameter w = new Parameter("w", Tensor.of(weights, vocabulary, 1));
            Tensor h = Tensor.of(new float[] {2, -1, 0}, 3, 1);
            var head = new TokenLogProbs.Head(w, null, 1, 0);
            TokenLogProbs.Prediction found =
                    TokenLogProbs.predict(h, head, labels(new int[] {0, 1, 2}));
            assertThat(found.likeliest().longs()).containsExactly(17, 0, 0);
        }
    }

    @Test
    void nothingLabelledGivesNothing() {
        try (var _ = Scope.open("test")) {
            Parameter w = new Parameter("w", Tensor.of(new float[] {1, 2}, 2, 1));
            Tensor h = Tensor.of(new float[] {2}, 1, 1);
            TokenLogProbs.Prediction found =
                    TokenLogProbs.predict(
                            h, new TokenLogProbs.Head(w, null, 1, 0), labels(new int[0]));
            assertThat(found.likeliest().elements()).isZero();
            assertThat(found.logProbs().elements()).isZero();
        }
    }

    private static TokenLogProbs.Labels labels(int[] rows) {
        return new TokenLogProbs.Labels(
                Tensor.indices(rows, Device.CPU), Tensor.indices(rows, Device.CPU));
    }

    private static Tensor normal(Generator generator, Dtype dtype, long... shape) {
        return generator.normal(0, 1, Dtype.FLOAT32, Device.CPU, shape).to(dtype);
    }
}
