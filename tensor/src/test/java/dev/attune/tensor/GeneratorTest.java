package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.LeakCheck;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class GeneratorTest {
    @Test
    void theSameSeedGivesTheSameNumbers() {
        try (var _ = Scope.open("test");
                var one = Generator.seeded(42);
                var other = Generator.seeded(42)) {
            assertThat(normals(one, 100)).isEqualTo(normals(other, 100));
            assertThat(uniforms(one, 100)).isEqualTo(uniforms(other, 100));
            assertThat(one.nextDouble()).isEqualTo(other.nextDouble());
        }
    }

    @Test
    void anotherSeedGivesOtherNumbers() {
        try (var _ = Scope.open("test");
                var one = Generator.seeded(42);
                var other = Generator.seeded(43)) {
            assertThat(normals(one, 100)).isNotEqualTo(normals(other, 100));
        }
    }

    @Test
    void aRestoredStateContinuesBitForBit() {
        try (var _ = Scope.open("test");
                var first = Generator.seeded(7);
                var second = Generator.seeded(8)) {
            normals(first, 7); // an odd count leaves half a pair behind
            byte[] state = first.state();
            float[] normals = normals(first, 33);
            float[] uniforms = uniforms(first, 33);
            double number = first.nextDouble();
            second.restore(state);
            assertThat(second.state()).isEqualTo(state);
            assertThat(normals(second, 33)).isEqualTo(normals);
            assertThat(uniforms(second, 33)).isEqualTo(uniforms);
            assertThat(second.nextDouble()).isEqualTo(number);
        }
    }

    @Test
    void bytesThatAreNoStateAreRefusedAndChangeNothing() {
        try (var _ = Scope.open("test");
                var generator = Generator.seeded(7)) {
            byte[] state = generator.state();
            assertThatThrownBy(() -> generator.restore(new byte[3]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("3 bytes that are no generator state");
            assertThatThrownBy(() -> generator.restore(new byte[0]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("0 bytes that are no generator state");
            assertThatThrownBy(() -> generator.restore(new byte[state.length]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(state.length + " bytes that are no generator state");
            assertThat(generator.state()).isEqualTo(state);
        }
    }

    @Test
    void uniformNumbersFillTheirRangeEvenly() {
        try (var _ = Scope.open("test");
                var generator = Generator.seeded(1)) {
            Tensor numbers = generator.uniform(-2, 6, Dtype.FLOAT64, Device.CPU, 100, 200);
            assertThat(numbers.shape()).containsExactly(100, 200);
            double mean = 0;
            for (float number : numbers.floats()) {
                assertThat(number).isBetween(-2f, 6f);
                mean += number / 20_000;
            }
            assertThat(mean).isCloseTo(2, Offset.offset(0.1));
        }
    }

    @Test
    void normalNumbersHaveTheirMeanAndSpread() {
        try (var _ = Scope.open("test");
                var generator = Generator.seeded(1)) {
            float[] numbers = generator.normal(3, 0.5, Dtype.FLOAT32, Device.CPU, 20_000).floats();
            double mean = 0;
            double square = 0;
            for (float number : numbers) {
                mean += number / 20_000;
                square += (number - 3) * (number - 3) / 20_000;
            }
            assertThat(mean).isCloseTo(3, Offset.offset(0.02));
            assertThat(Math.sqrt(square)).isCloseTo(0.5, Offset.offset(0.02));
        }
    }

    @Test
    void nextDoubleStaysBelowOne() {
        try (var generator = Generator.seeded(3)) {
            for (int i = 0; i < 1000; i++) {
                assertThat(generator.nextDouble()).isGreaterThanOrEqualTo(0).isLessThan(1);
            }
        }
    }

    private static float[] normals(Generator generator, int count) {
        return generator.normal(0, 1, Dtype.FLOAT32, Device.CPU, count).floats();
    }

    private static float[] uniforms(Generator generator, int count) {
        return generator.uniform(0, 1, Dtype.FLOAT32, Device.CPU, count).floats();
    }
}
