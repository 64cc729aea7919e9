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
        try (Generator generator = Generator.seeded(1);
                var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Value x = tape.variable(Tensor.full(3, dtype, Device.CPU, 100, 100));
            float[] y =
                    new Dropout(0.25, generator).apply(tape, x).data().to(Dtype.FLOAT32).floats();
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
        try (Generator generator = Generator.seeded(2);
                var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Value x = tape.variable(Tensor.full(1, Dtype.FLOAT32, Device.CPU, 50, 7));
            Value y = new Dropout(0.5, generator).apply(tape, x);
            float[] expected = y.data().floats();
            Tensor ones = Tensor.full(1, Dtype.FLOAT32, Device.CPU, 50, 7);
            assertThat(tape.backwardTo(x, y, ones).floats()).isEqualTo(expected);
        }
    }

    @Test
    void drawsTheSameMaskFromTheSameSeedAndAnotherNext() {
        try (var _ = Scope.open("test");
                Tape tape = Tape.recording();
                Generator first = Generator.seeded(3);
                Generator second = Generator.seeded(3)) {
            Value x = tape.variable(Tensor.full(1, Dtype.FLOAT32, Device.CPU, 40));
            float[] mask = new Dropout(0.5, first).apply(tape, x).data().floats();
            assertThat(new Dropout(0.5, second).apply(tape, x).data().floats()).isEqualTo(mask);
            assertThat(new Dropout(0.5, second).apply(tape, x).data().floats()).isNotEqualTo(mask);
        }
    }

    @Test
    void leavesValuesAloneWhenNothingIsLearnedOrDropped() {
        try (var _ = Scope.open("test");
                Generator generator = Generator.seeded(4);
                Tape recording = Tape.recording();
                Tape off = Tape.off()) {
            Value learned = recording.variable(Tensor.full(1, Dtype.FLOAT32, Device.CPU, 4));
            assertThat(new Dropout(0, generator).apply(recording, learned)).isSameAs(learned);
            Value judged = off.constant(Tensor.full(1, Dtype.FLOAT32, Device.CPU, 4));
            assertThat(new Dropout(0.5, generator).apply(off, judged)).isSameAs(judged);
        }
    }

    @Test
    void refusesAShareThatLeavesNothing() {
        try (Generator generator = Generator.seeded(5)) {
            assertThatThrownBy(() -> new Dropout(1, generator))
                    .hasMessage("dropout of 1.0, expected 0 or more, below 1");
        }
    }
}
