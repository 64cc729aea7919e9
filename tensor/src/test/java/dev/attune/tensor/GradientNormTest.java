package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.LeakCheck;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.List;

@ExtendWith(LeakCheck.class)
class GradientNormTest {
    @InBothTypes
    void gradientsAreShortenedToTheNormAndTheNormBeforeIsTold(Dtype dtype) {
        try (var _ = Scope.open("test")) {
            Parameter a = parameter("a", dtype, 3, 0);
            Parameter b = parameter("b", dtype, 0, 4);
            assertThat(GradientNorm.clip(List.of(a, b), 2.5)).isEqualTo(5);
            // bfloat16 keeps 8 bits.
            assertThat(GradientNorm.of(List.of(a, b))).isCloseTo(2.5, Offset.offset(0.01));
            clear(a, b);
        }
    }

    @Test
    void theNormOfManySmallBfloat16NumbersIsSummedInFloat32() {
        try (var _ = Scope.open("test")) {
            Tensor data = Tensor.full(1, Dtype.BFLOAT16, Device.CPU, 10_000);
            Parameter a = new Parameter("a", data).train(true);
            a.accumulate(Tensor.full(1, Dtype.BFLOAT16, Device.CPU, 10_000));
            assertThat(GradientNorm.of(List.of(a))).isEqualTo(100);
            clear(a);
        }
    }

    @Test
    void shortGradientsStayAsTheyAre() {
        try (var _ = Scope.open("test")) {
            Parameter a = parameter("a", Dtype.FLOAT32, 0.3f, 0.4f);
            assertThat(GradientNorm.clip(List.of(a), 1)).isCloseTo(0.5, Offset.offset(1e-7));
            assertThat(a.gradient().orElseThrow().floats()).containsExactly(0.3f, 0.4f);
            clear(a);
        }
    }

    @Test
    void gradientsOfDifferentTypesAreOneVector() {
        try (var _ = Scope.open("test")) {
            Parameter a = parameter("a", Dtype.FLOAT32, 3, 0);
            Parameter b = parameter("b", Dtype.BFLOAT16, 0, 4);
            assertThat(GradientNorm.of(List.of(a, b))).isEqualTo(5);
            clear(a, b);
        }
    }

    @Test
    void aNormThatIsNotFiniteIsToldAndGradientsStay() {
        try (var _ = Scope.open("test")) {
            Parameter a = parameter("a", Dtype.FLOAT32, Float.POSITIVE_INFINITY, 1);
            Parameter b = parameter("b", Dtype.FLOAT32, Float.NaN, 1);
            Parameter c = parameter("c", Dtype.FLOAT32, 7, 0);
            assertThat(GradientNorm.clip(List.of(a, c), 1)).isEqualTo(Double.POSITIVE_INFINITY);
            assertThat(GradientNorm.clip(List.of(b, c), 1)).isNaN();
            assertThat(c.gradient().orElseThrow().floats()).containsExactly(7, 0);
            clear(a, b, c);
        }
    }

    @Test
    void withoutGradientsTheNormIsZero() {
        try (var _ = Scope.open("test")) {
            Parameter a = new Parameter("a", Tensor.of(new float[] {1}, 1)).train(true);
            assertThat(GradientNorm.clip(List.of(a), 1)).isZero();
            assertThat(GradientNorm.clip(List.of(), 1)).isZero();
        }
    }

    @Test
    void aMaxNormOfZeroIsRefused() {
        assertThatThrownBy(() -> GradientNorm.clip(List.of(), 0))
                .hasMessage("maxNorm is 0.0, expected above 0");
    }

    private static Parameter parameter(String name, Dtype dtype, float... gradient) {
        Tensor part = Tensor.of(gradient, gradient.length).to(dtype);
        Parameter parameter = new Parameter(name, part.copy()).train(true);
        parameter.accumulate(part);
        return parameter;
    }

    private static void clear(Parameter... parameters) {
        for (Parameter parameter : parameters) {
            parameter.clearGradient();
        }
    }
}
