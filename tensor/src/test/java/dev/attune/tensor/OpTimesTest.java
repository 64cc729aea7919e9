package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class OpTimesTest {
    @Test
    void callsOfOneNameAddUpAndTheLongestComesFirst() {
        OpTimes times = new OpTimes();
        times.add("rope", 5);
        times.add("linear", 7);
        times.add("rope", 4);
        assertThat(times.rows())
                .containsExactly(new OpTimes.Row("rope", 2, 9), new OpTimes.Row("linear", 1, 7));
    }

    @Test
    void aTimedTapeTellsForwardFromBackward() {
        OpTimes times = new OpTimes();
        try (var _ = Scope.open("test");
                var tape = Tape.timed(times)) {
            Value x = tape.variable(Tensor.of(new float[] {1, 2}, 2));
            Value y = Scale.apply(tape, Scale.apply(tape, x, 2), 3);
            Activation.apply(tape, y, ActivationKind.SILU);
            Tensor dx = tape.backwardTo(x, y, Tensor.of(new float[] {1, 1}, 2));
            assertThat(dx.floats()).containsExactly(6, 6);
        }
        assertThat(times.rows())
                .extracting(OpTimes.Row::name)
                .containsExactlyInAnyOrder("scale", "scale backward", "activation");
        assertThat(times.rows())
                .filteredOn(row -> row.name().startsWith("scale"))
                .allSatisfy(row -> {
                    assertThat(row.calls()).isEqualTo(2);
                    assertThat(row.nanos()).isPositive();
                });
    }
}
