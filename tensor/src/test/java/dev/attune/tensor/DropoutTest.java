package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class DropoutTest {
    @InBothTypes
    void dropsTheShareAndScalesWhatStays(Dtype dtype) {
        try (var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Value x = tape.variable(Tensor.full(3, dtype, Device.CPU, 100, 100));
            float[] y =
                    new Dropout(0.25, new Seed(1)).apply(tape, x).data().to(Dtype.FLOAT32).floats();
            int dropped = 0;
            for (float value : y) {
                dropped += value == 0 ? 1 : 0;
                assertThat((double) value).isIn(0.0, 4.0);
            }
            // Four standard deviations of 10,000 draws.
            assertThat(dropped / 1e4).isCloseTo(0.25, within(0.018));
        }
    }

    @Test
    void carriesTheGradientBackThroughTheSameMask() {
        try (var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Value x = tape.variable(Tensor.full(1, Dtype.FLOAT32, Device.CPU, 50, 7));
            Value y = new Dropout(0.5, new Seed(2)).apply(tape, x);
            float[] expected = y.data().floats();
            Tensor ones = Tensor.full(1, Dtype.FLOAT32, Device.CPU, 50, 7);
            assertThat(tape.backwardTo(x, y, ones).floats()).isEqualTo(expected);
        }
    }

    @Test
    void drawsTheSameMaskFromTheSameSeedAndAnotherFromAnother() {
        try (var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Value x = tape.variable(Tensor.full(1, Dtype.FLOAT32, Device.CPU, 40));
            Seed seed = new Seed(3);
            float[] mask = new Dropout(0.5, seed).apply(tape, x).data().floats();
            assertThat(new Dropout(0.5, seed).apply(tape, x).data().floats()).isEqualTo(mask);
            assertThat(new Dropout(0.5, seed.with(0)).apply(tape, x).data().floats())
                    .isNotEqualTo(mask);
        }
    }

    @Test
    void leavesValuesAloneWhenNothingIsLearnedOrDropped() {
        try (var _ = Scope.open("test");
                Tape recording = Tape.recording();
                Tape off = Tape.off()) {
            Value learned = recording.variable(Tensor.full(1, Dtype.FLOAT32, Device.CPU, 4));
            assertThat(new Dropout(0, new Seed(4)).apply(recording, learned)).isSameAs(learned);
            Value judged = off.constant(Tensor.full(1, Dtype.FLOAT32, Device.CPU, 4));
            assertThat(new Dropout(0.5, new Seed(4)).apply(off, judged)).isSameAs(judged);
        }
    }

    @Test
    void refusesAShareThatLeavesNothing() {
        assertThatThrownBy(() -> new Dropout(1, new Seed(5)))
                .hasMessage("dropout of 1.0, expected 0 or more, below 1");
    }
}
