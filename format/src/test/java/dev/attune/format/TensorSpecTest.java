package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

class TensorSpecTest {
    @ParameterizedTest
    @CsvSource({
        "F4, 6, 3",
        "F6_E2M3, 4, 3",
        "BOOL, 5, 5",
        "BF16, 5, 10",
        "C64, 2, 16",
        "U64, 0, 0"
    })
    void countsBytes(SafetensorsDtype dtype, long length, long bytes) {
        assertThat(new TensorSpec("a", dtype, List.of(length)).byteLength()).isEqualTo(bytes);
    }

    @Test
    void countsTheElementsOfAScalarAndOfNothing() {
        assertThat(spec(List.of()).elementCount()).as("a scalar").isEqualTo(1);
        assertThat(spec(List.of(3L, 0L, Long.MAX_VALUE)).elementCount()).as("empty").isZero();
    }

    @Test
    void refusesShapesThatCannotBeStored() {
        assertThatThrownBy(() -> spec(List.of(2L, -1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the shape [2, -1] has a negative size");
        assertThatThrownBy(() -> spec(Collections.nCopies(65, 1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the shape has 65 dimensions, at most 64 are allowed");
        assertThatThrownBy(() -> spec(List.of(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("takes more bytes than 64 bits can count");
    }

    @Test
    void refusesNamesThatCannotStandInAHeader() {
        assertThatThrownBy(() -> Crafted.vector("__metadata__", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("reserved");
        assertThatThrownBy(() -> Crafted.vector("\udc00", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("half a surrogate pair");
    }

    @Test
    void doesNotShareItsShape() {
        List<Long> shape = new ArrayList<>(List.of(2L));
        TensorSpec spec = spec(shape);

        shape.add(3L);

        assertThat(spec.shape()).containsExactly(2L);
    }

    private static TensorSpec spec(List<Long> shape) {
        return new TensorSpec("a", SafetensorsDtype.F32, shape);
    }
}
