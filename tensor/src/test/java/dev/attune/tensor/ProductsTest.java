package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Set;

@ExtendWith(LeakCheck.class)
class ProductsTest {
    private static final Cpu SLOW = new Cpu("", Set.of());
    private static final Cpu FAST = new Cpu("", Set.of("amx_bf16"));

    /// Portions of one column, of some and of all.
    @ParameterizedTest
    @ValueSource(longs = {1, 100, 1000, 1 << 22})
    void aWideProductIsTheExactOneRoundedOnce(long portion) {
        try (var oracle = new Oracle(Dtype.BFLOAT16, 1, 1);
                var _ = Scope.open("test")) {
            Tensor a = oracle.normal(1, 9, 33);
            Tensor b = oracle.normal(1, 17, 33).transposed();
            Tensor bias = oracle.normal(1, 17);
            Tensor before = oracle.normal(1, 9, 17);
            Tensor exact = exact(a).matmul(exact(b));
            assertClose(Products.wide(a, b, null, portion), exact);
            assertClose(Products.wide(a, b, bias, portion), exact.plus(exact(bias)));
            Tensor sum = Products.addWide(before.copy(), a, b, 0.5, portion);
            assertClose(sum, exact.times(0.5).plus(exact(before)));
        }
    }

    @Test
    void aLargeBfloat16LayerGivesThePlainProductAndItsGradients() {
        try (var oracle = new Oracle(Dtype.BFLOAT16, 2, 2)) {
            Oracle.Input x = oracle.input(130, 150);
            Oracle.Weight w = oracle.weight(140, 150);
            Oracle.Weight b = oracle.weight(140);
            oracle.check(
                    () ->
                            Linear.apply(
                                    oracle.tape(),
                                    x.value(),
                                    w.parameter(),
                                    b.parameter(),
                                    Linear.Layout.OUT_IN),
                    () -> x.exact().matmul(w.exact().transposed()).plus(b.exact()));
        }
    }

    @Test
    void onlyLargeProductsOfASlowTypeAreMadeInFloat32() {
        try (var _ = Scope.open("test")) {
            Tensor large = Tensor.zeros(Dtype.BFLOAT16, Device.CPU, 128, 128);
            Tensor thin = Tensor.zeros(Dtype.BFLOAT16, Device.CPU, 128, 16);
            Tensor token = Tensor.zeros(Dtype.BFLOAT16, Device.CPU, 1, 128);
            Tensor wide = Tensor.zeros(Dtype.FLOAT32, Device.CPU, 128, 128);
            assertThat(Products.widens(large, large, SLOW)).isTrue();
            assertThat(Products.widens(large, large, FAST)).isFalse();
            assertThat(Products.widens(large, thin, SLOW)).isFalse();
            assertThat(Products.widens(thin, thin.transposed(), SLOW)).isFalse();
            assertThat(Products.widens(token, large, SLOW)).isFalse();
            assertThat(Products.widens(wide, wide, SLOW)).isFalse();
        }
    }

    private static Tensor exact(Tensor x) {
        return x.to(Dtype.FLOAT64);
    }

    private static void assertClose(Tensor actual, Tensor expected) {
        assertThat(actual.dtype()).isEqualTo(Dtype.BFLOAT16);
        Numbers.of(actual).assertCloseTo("product", Numbers.of(expected), 0x1p-8);
    }
}
