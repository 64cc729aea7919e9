package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.LeakCheck;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.ArrayList;
import java.util.List;

/// Parts of a pass that run again in backward.
@ExtendWith(LeakCheck.class)
class CheckpointTest {
    private static final int PARTS = 3;
    private static final int WIDTH = 16;

    @InBothTypes
    void gradientsAreThoseOfThePlainPassBitByBit(Dtype dtype) {
        List<float[]> plain = gradients(dtype, false, 0);
        List<float[]> again = gradients(dtype, true, 0);
        assertThat(again).usingRecursiveComparison().isEqualTo(plain);
        assertThat(plain).hasSize(PARTS + 2);
    }

    @InBothTypes
    void theSecondRunDropsWhatTheFirstDropped(Dtype dtype) {
        List<float[]> plain = gradients(dtype, false, 0.5);
        assertThat(gradients(dtype, true, 0.5)).usingRecursiveComparison().isEqualTo(plain);
        assertThat(gradients(dtype, true, 0.4).getLast()).isNotEqualTo(plain.getLast());
    }

    /// The result, then the gradients of the input and of each weight.
    private static List<float[]> gradients(Dtype dtype, boolean checkpoints, double dropout) {
        try (Generator generator = Generator.seeded(3);
                var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            List<Parameter> weights = weights(generator, dtype);
            Value x = tape.variable(normal(generator, dtype, 9, WIDTH));
            Tensor dy = normal(generator, dtype, 9, WIDTH);
            Value y = stack(tape, x, weights, checkpoints, dropout);
            List<float[]> found = new ArrayList<>();
            found.add(y.data().floats());
            found.add(tape.backwardTo(x, y, dy).floats());
            for (Parameter weight : weights) {
                found.add(weight.gradient().orElseThrow().floats());
                weight.clearGradient();
            }
            return found;
        }
    }

    private static Value stack(
            Tape tape, Value x, List<Parameter> weights, boolean checkpoints, double dropout) {
        Value y = x;
        for (int i = 0; i < weights.size(); i++) {
            Parameter weight = weights.get(i);
            Dropout mask = new Dropout(dropout, new Seed(i));
            Tape.Segment part = (on, in) -> part(on, in, weight, mask);
            y = (checkpoints ? tape.checkpoint("part", y, part) : part.run(tape, y)).getFirst();
        }
        return y;
    }

    private static List<Value> part(Tape tape, Value x, Parameter weight, Dropout mask) {
        try (var scope = Scope.open("part")) {
            Value dropped = mask.apply(tape, x);
            Value up = Linear.apply(tape, dropped, weight, null, Linear.Layout.OUT_IN);
            Value y =
                    ResidualAdd.apply(tape, x, Activation.apply(tape, up, ActivationKind.SILU), 1);
            scope.keep(y.data());
            return List.of(y);
        }
    }

    @Test
    void onlyTheInputsOfPartsAreKept() {
        assertThat(savedBytes(true)).isEqualTo(4L * PARTS * 9 * WIDTH);
        assertThat(savedBytes(false)).isGreaterThan(2 * savedBytes(true));
    }

    private static long savedBytes(boolean checkpoints) {
        try (Generator generator = Generator.seeded(3);
                var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            List<Parameter> weights = weights(generator, Dtype.FLOAT32);
            Value x = tape.variable(normal(generator, Dtype.FLOAT32, 9, WIDTH));
            stack(tape, x, weights, checkpoints, 0.5);
            return tape.savedBytes();
        }
    }

    @Test
    void whatAPartReadsLivesUntilBackward() {
        try (var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Value x = tape.variable(numbers(1, 2));
            Value y;
            try (var forward = Scope.open("forward")) {
                Tensor factors = numbers(3, 5);
                Tape.Segment part =
                        (on, in) ->
                                List.of(
                                        GatedActivation.apply(
                                                on, on.constant(factors), in, ActivationKind.RELU));
                y = tape.checkpoint("part", x, part, factors).getFirst();
                forward.keep(y.data());
            }
            assertThat(y.data().floats()).containsExactly(3, 10);
            assertThat(tape.backwardTo(x, y, numbers(1, 1)).floats()).containsExactly(3, 5);
        }
    }

    @Test
    void aLossMayReachASecondOutput() {
        try (var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Value x = tape.variable(numbers(1, 2));
            List<Value> outputs =
                    tape.checkpoint(
                            "part",
                            x,
                            (on, in) -> {
                                Value side = Scale.apply(on, in, 3);
                                return List.of(Scale.apply(on, side, 2), side);
                            });
            tape.seed(outputs.get(1), numbers(10, 20));
            Tensor dx = tape.backwardTo(x, outputs.getFirst(), numbers(1, 1));
            assertThat(dx.floats()).containsExactly(36, 66);
        }
    }

    @Test
    void aPartInWhichNothingTrainsRecordsNothing() {
        try (var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Value x = tape.constant(numbers(1, 2));
            Tape.Segment part = (on, in) -> List.of(Scale.apply(on, in, 2));
            Value y = tape.checkpoint("part", x, part).getFirst();
            assertThat(y.needsGradient()).isFalse();
            assertThat(tape.savedBytes()).isZero();
        }
    }

    @Test
    void aTapeThatIsOffRunsThePartItself() {
        try (var _ = Scope.open("test");
                Tape tape = Tape.off()) {
            Value x = tape.constant(numbers(1, 2));
            List<Tape> seen = new ArrayList<>();
            tape.checkpoint(
                    "part",
                    x,
                    (on, in) -> {
                        seen.add(on);
                        return List.of(in);
                    });
            assertThat(seen).containsExactly(tape);
        }
    }

    @Test
    void aSecondRunThatFailsLeavesNothingBehind() {
        long before = Pointer.totalCount();
        try (var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Value x = tape.variable(numbers(1, 2));
            List<Tape> runs = new ArrayList<>();
            Tape.Segment part =
                    (on, in) -> {
                        Value y = Scale.apply(on, in, 2);
                        runs.add(on);
                        if (runs.size() > 1) {
                            throw new IllegalStateException("no memory for the second run");
                        }
                        return List.of(y);
                    };
            Value y = tape.checkpoint("part", x, part).getFirst();
            assertThatThrownBy(() -> tape.backward(y, numbers(1, 1)))
                    .hasMessage("no memory for the second run");
        }
        assertThat(Pointer.totalCount()).isEqualTo(before);
    }

    private static List<Parameter> weights(Generator generator, Dtype dtype) {
        List<Parameter> weights = new ArrayList<>();
        for (int i = 0; i < PARTS; i++) {
            Tensor data = normal(generator, dtype, WIDTH, WIDTH);
            weights.add(new Parameter("w" + i, data).train(true));
        }
        return weights;
    }

    private static Tensor normal(Generator generator, Dtype dtype, long... shape) {
        return generator.normal(0, 0.3, Dtype.FLOAT32, Device.CPU, shape).to(dtype);
    }

    private static Tensor numbers(float... numbers) {
        return Tensor.of(numbers, numbers.length);
    }
}
