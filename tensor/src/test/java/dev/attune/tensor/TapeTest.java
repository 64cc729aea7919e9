package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.LeakCheck;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class TapeTest {
    @Test
    void tapeThatIsOffRecordsNothing() {
        try (var _ = Scope.open("test");
                var tape = Tape.off()) {
            Parameter w = new Parameter("w", numbers(1, 2, 3, 4).view(2, 2)).train(true);
            Tensor in = numbers(1, 2).view(1, 2);
            long before = Pointer.totalCount();
            Value y;
            try (var forward = Scope.open("forward")) {
                Value x = tape.variable(in);
                y = Activation.apply(tape, linear(tape, x, w), ActivationKind.SILU);
                forward.keep(y.data());
            }
            assertThat(y.needsGradient()).isFalse();
            assertThat(Pointer.totalCount()).as("the result alone is left").isEqualTo(before + 1);
            tape.backward(y, numbers(1, 1).view(1, 2));
            assertThat(w.gradient()).isEmpty();
        }
    }

    @Test
    void closingATapeThatNeverRanBackFreesWhatItSaved() {
        long before = Pointer.totalCount();
        try (var _ = Scope.open("test")) {
            Parameter w = new Parameter("w", numbers(1, 2, 3, 4).view(2, 2)).train(true);
            long weights = Pointer.totalCount();
            Tape tape = Tape.recording();
            try (var _ = Scope.open("forward")) {
                Value x = tape.variable(numbers(1, 2).view(1, 2));
                Activation.apply(tape, linear(tape, x, w), ActivationKind.SILU);
            }
            assertThat(Pointer.totalCount()).as("saved tensors").isGreaterThan(weights);
            tape.close();
            assertThat(Pointer.totalCount()).isEqualTo(weights);
        }
        assertThat(Pointer.totalCount()).isEqualTo(before);
    }

    @Test
    void twoBackwardPassesAddUpInTheParameter() {
        try (var _ = Scope.open("test")) {
            Parameter w = new Parameter("w", numbers(1, 2, 3, 4).view(2, 2)).train(true);
            pass(w, numbers(1, 2).view(1, 2), numbers(10, 100).view(1, 2));
            assertThat(gradient(w)).containsExactly(10, 20, 100, 200);
            pass(w, numbers(3, 5).view(1, 2), numbers(1, 2).view(1, 2));
            assertThat(gradient(w)).containsExactly(13, 25, 106, 210);
            w.clearGradient();
            assertThat(w.gradient()).isEmpty();
        }
    }

    private static void pass(Parameter w, Tensor x, Tensor dy) {
        try (var tape = Tape.recording();
                var _ = Scope.open("pass")) {
            tape.backward(linear(tape, tape.constant(x), w), dy);
        }
    }

    @Test
    void frozenParameterNeverGetsAGradient() {
        try (var _ = Scope.open("test");
                var tape = Tape.recording()) {
            Parameter w = new Parameter("w", numbers(1, 2, 3, 4).view(2, 2));
            Value x = tape.variable(numbers(1, 2).view(1, 2));
            Value y = linear(tape, x, w);
            Tensor dx = tape.backwardTo(x, y, numbers(1, 10).view(1, 2));
            assertThat(dx.floats()).containsExactly(31, 42);
            assertThat(w.gradient()).isEmpty();
        }
    }

    @Test
    void nothingIsRecordedAboveConstantsAndFrozenParameters() {
        try (var _ = Scope.open("test");
                var tape = Tape.recording()) {
            Parameter w = new Parameter("w", numbers(1, 2, 3, 4).view(2, 2));
            Value y = linear(tape, tape.constant(numbers(1, 2).view(1, 2)), w);
            Value z = Activation.apply(tape, y, ActivationKind.GELU);
            assertThat(y.needsGradient()).isFalse();
            assertThat(z.needsGradient()).isFalse();
        }
    }

    @Test
    void theGradientGivenToBackwardKeepsItsNumbers() {
        try (var _ = Scope.open("test");
                var tape = Tape.recording()) {
            Value x = tape.variable(numbers(1, 2));
            Value y = ResidualAdd.apply(tape, x, Scale.apply(tape, x, 3), 2);
            Tensor dy = numbers(10, 20);
            Tensor dx = tape.backwardTo(x, y, dy);
            assertThat(dx.floats()).containsExactly(70, 140);
            assertThat(dy.floats()).containsExactly(10, 20);
        }
    }

    @Test
    void theGradientHandedOutSharesNoMemoryWithTheOneGiven() {
        try (var _ = Scope.open("test");
                var tape = Tape.recording()) {
            Value x = tape.variable(numbers(1, 2));
            Value y = ResidualAdd.apply(tape, x, tape.constant(numbers(5, 5)), 1);
            Tensor dy = numbers(10, 20);
            tape.backwardTo(x, y, dy).addInPlace(1);
            assertThat(dy.floats()).containsExactly(10, 20);
        }
    }

    @Test
    void severalVariablesMayWaitForGradientsThatNobodyCollects() {
        long before = Pointer.totalCount();
        try (var _ = Scope.open("test");
                var tape = Tape.recording()) {
            Value gate = tape.variable(numbers(1, 2));
            Value up = tape.variable(numbers(3, 4));
            Value y = GatedActivation.apply(tape, gate, up, ActivationKind.RELU);
            assertThat(tape.backwardTo(up, y, numbers(1, 1)).floats()).containsExactly(1, 2);
        }
        assertThat(Pointer.totalCount()).isEqualTo(before);
    }

    @Test
    void backwardToAVariableThatNothingUsedSaysSo() {
        try (var _ = Scope.open("test");
                var tape = Tape.recording()) {
            Value x = tape.variable(numbers(1));
            Value y = Scale.apply(tape, tape.variable(numbers(2)), 2);
            assertThatThrownBy(() -> tape.backwardTo(x, y, numbers(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no gradient reached the variable");
        }
    }

    @Test
    void aSecondBackwardPassIsRefused() {
        try (var _ = Scope.open("test");
                var tape = Tape.recording()) {
            Value y = Scale.apply(tape, tape.variable(numbers(2)), 2);
            tape.backward(y, numbers(1));
            assertThatThrownBy(() -> tape.backward(y, numbers(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("this tape has run backward already");
        }
    }

    @Test
    void aStepBackThatFailsLeavesNothingBehind() {
        try (var _ = Scope.open("test");
                var tape = Tape.recording()) {
            Parameter w = new Parameter("w", numbers(1, 2, 3, 4).view(2, 2)).train(true);
            Value y = linear(tape, tape.variable(numbers(1, 2).view(1, 2)), w);
            assertThatThrownBy(() -> tape.backward(y, numbers(1, 2, 3).view(1, 3)))
                    .isInstanceOf(RuntimeException.class)
                    .hasMessageContaining("mat1 and mat2 shapes cannot be multiplied");
        }
    }

    @Test
    void resultsThatNoGradientReachesCostNothing() {
        try (var _ = Scope.open("test");
                var tape = Tape.recording()) {
            Parameter used = new Parameter("used", numbers(2).view(1, 1)).train(true);
            Parameter unused = new Parameter("unused", numbers(2).view(1, 1)).train(true);
            Value x = tape.constant(numbers(3).view(1, 1));
            Value y = linear(tape, x, used);
            Value side = linear(tape, x, unused);
            assertThat(side.needsGradient()).isTrue();
            tape.backward(y, numbers(1).view(1, 1));
            assertThat(gradient(used)).containsExactly(3);
            assertThat(unused.gradient()).isEmpty();
            used.clearGradient();
        }
    }

    private static Value linear(Tape tape, Value x, Parameter w) {
        return Linear.apply(tape, x, w, null, Linear.Layout.OUT_IN);
    }

    private static float[] gradient(Parameter parameter) {
        return parameter.gradient().orElseThrow().floats();
    }

    private static Tensor numbers(float... numbers) {
        return Tensor.of(numbers, numbers.length);
    }
}
