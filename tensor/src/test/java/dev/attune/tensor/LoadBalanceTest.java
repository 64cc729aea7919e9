package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.util.List;

class LoadBalanceTest {
    private static final float[] FIRST = {2, 0, -1, 1, 0.5f, 3, 0, -2};
    private static final float[] SECOND = {0, 1.5f, 1, -1, 2, 1, 0, 0.5f, -1, 0, 2, 1};

    @Test
    void evenlyUsedExpertsCostAsMuchAsEachTokenUses() {
        try (var _ = Scope.open("test")) {
            Tensor even = Tensor.of(new float[] {9, 9, 0, 0, 0, 0, 9, 9}, 2, 4);
            Value loss = LoadBalance.apply(Tape.off(), List.of(Tape.off().constant(even)), 2);
            assertThat(loss.data().item()).isCloseTo(2, within(1e-6));
        }
    }

    @Test
    void expertsThatGetEverythingCostTheMost() {
        try (var _ = Scope.open("test")) {
            Tensor one = Tensor.of(new float[] {99, 0, 0, 99, 0, 0}, 2, 3);
            Value loss = LoadBalance.apply(Tape.off(), List.of(Tape.off().constant(one)), 1);
            assertThat(loss.data().item()).isCloseTo(3, within(1e-6));
        }
    }

    /// Central differences with a step of 1e-2 are off by about its square, and by float32's
    /// rounding of the loss over the step, 1e-5.
    @Test
    void theGradientIsTheSlopeOfTheLoss() {
        try (var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Value first = tape.variable(Tensor.of(FIRST, 2, 4));
            Value second = tape.variable(Tensor.of(SECOND, 3, 4));
            Value loss = LoadBalance.apply(tape, List.of(first, second), 2);
            Tensor factor = Tensor.full(3, Dtype.FLOAT32, Device.CPU, 1);
            float[] found = tape.backwardTo(first, loss, factor).floats();
            for (int i = 0; i < found.length; i++) {
                double slope = 3 * (loss(i, 1e-2f) - loss(i, -1e-2f)) / 2e-2;
                assertThat(found[i]).isCloseTo((float) slope, within(2e-4f));
            }
        }
    }

    private static double loss(int at, float step) {
        try (var _ = Scope.open("loss")) {
            float[] moved = FIRST.clone();
            moved[at] += step;
            Value first = Tape.off().constant(Tensor.of(moved, 2, 4));
            Value second = Tape.off().constant(Tensor.of(SECOND, 3, 4));
            return LoadBalance.apply(Tape.off(), List.of(first, second), 2).data().item();
        }
    }
}
