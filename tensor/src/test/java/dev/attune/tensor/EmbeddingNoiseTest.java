package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class EmbeddingNoiseTest {
    private static final int WIDTH = 64;
    private static final double ALPHA = 5;

    @Test
    void aTokenPackedWithOthersGetsNoiseOfItsOwnDocumentsSize() {
        Documents packed = Documents.ofLengths(100, 25, 4);
        float[] noise = noise(packed, new Seed(1));
        for (int d = 0; d < packed.count(); d++) {
            double bound = ALPHA / Math.sqrt((double) packed.length(d) * WIDTH);
            float[] alone = noise(Documents.ofLengths(packed.length(d)), new Seed(d));
            double squares = 0;
            double most = 0;
            for (int i = packed.start(d) * WIDTH; i < packed.end(d) * WIDTH; i++) {
                squares += (double) noise[i] * noise[i];
                most = Math.max(most, Math.abs(noise[i]));
            }
            int count = packed.length(d) * WIDTH;
            // Even noise within a bound has a third of its square on average.
            assertThat(Math.sqrt(squares / count))
                    .isCloseTo(bound / Math.sqrt(3), within(0.1 * bound));
            assertThat(most).isBetween(0.95 * bound, bound);
            for (float each : alone) {
                assertThat(Math.abs(each)).isLessThanOrEqualTo((float) bound);
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameNoiseAndAnotherAnother() {
        Documents documents = Documents.ofLengths(3, 2);
        float[] noise = noise(documents, new Seed(5));
        assertThat(noise(documents, new Seed(5))).isEqualTo(noise);
        assertThat(noise(documents, new Seed(6))).isNotEqualTo(noise);
    }

    @InBothTypes
    void theGradientPassesUnchanged(Dtype dtype) {
        try (var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Value x = tape.variable(Tensor.full(1, dtype, Device.CPU, 3, 4));
            Value y = new EmbeddingNoise(ALPHA, new Seed(1)).apply(tape, x, Documents.ofLengths(3));
            Tensor dy = Tensor.full(2, dtype, Device.CPU, 3, 4);
            assertThat(tape.backwardTo(x, y, dy).floats()).isEqualTo(dy.floats());
            assertThat(y.data().dtype()).isEqualTo(dtype);
        }
    }

    @Test
    void thereIsNoneInJudgingNorAtAlphaZero() {
        try (var _ = Scope.open("test");
                Tape off = Tape.off();
                Tape recording = Tape.recording()) {
            Documents documents = Documents.ofLengths(2);
            Value judged = off.constant(Tensor.full(1, Dtype.FLOAT32, Device.CPU, 2, 4));
            EmbeddingNoise noise = new EmbeddingNoise(ALPHA, new Seed(1));
            assertThat(noise.apply(off, judged, documents)).isSameAs(judged);
            Value learned = recording.constant(judged.data());
            EmbeddingNoise none = new EmbeddingNoise(0, new Seed(1));
            assertThat(none.apply(recording, learned, documents)).isSameAs(learned);
        }
    }

    @Test
    void refusesAStrengthThatIsNone() {
        assertThatThrownBy(() -> new EmbeddingNoise(-1, new Seed(1)))
                .hasMessage("noise of -1.0, expected 0 or more");
    }

    private static float[] noise(Documents documents, Seed seed) {
        try (var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Value x =
                    tape.constant(
                            Tensor.zeros(Dtype.FLOAT32, Device.CPU, documents.tokens(), WIDTH));
            return new EmbeddingNoise(ALPHA, seed).apply(tape, x, documents).data().floats();
        }
    }
}
