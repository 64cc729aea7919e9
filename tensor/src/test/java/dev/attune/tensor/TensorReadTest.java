package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Numbers from memory, by their bytes as files hold them.
@ExtendWith(LeakCheck.class)
class TensorReadTest {
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    @Test
    void float32IsReadAsItIs() {
        byte[] bytes = ints(0x3F800000, 0xC0490FDB, 0x7F800000, 0x00000001);
        assertReads(bytes, Dtype.FLOAT32, 1, (float) -Math.PI, INFINITY, Float.MIN_VALUE);
    }

    @Test
    void bfloat16IsTheUpperHalfOfAFloat32() {
        byte[] bytes = shorts(0x3F80, 0xBF80, 0x4049, 0x7F80, 0xFF80, 0x0001, 0x8000, 0x3F81);
        assertReads(
                bytes,
                Dtype.BFLOAT16,
                1,
                -1,
                3.140625f,
                INFINITY,
                -INFINITY,
                Float.intBitsToFloat(0x00010000),
                -0.0f,
                1.0078125f);
    }

    @Test
    void everyBfloat16GoesToFloat32AndBackBitForBit() {
        int[] all = new int[1 << 16];
        float[] expected = new float[all.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
            expected[i] = Float.intBitsToFloat(i << 16);
        }
        byte[] bytes = shorts(all);
        try (var _ = Scope.open("test");
                var arena = Arena.ofConfined()) {
            Tensor wide = read(arena, bytes, Dtype.BFLOAT16, Dtype.FLOAT32);
            assertThat(wide.floats()).containsExactly(expected);
            Tensor back = wide.to(Dtype.BFLOAT16);
            for (int i = 0; i < all.length; i++) {
                if (!Float.isNaN(expected[i])) {
                    assertThat(back.memory().getAtIndex(ValueLayout.JAVA_SHORT, i))
                            .isEqualTo((short) i);
                }
            }
        }
    }

    @Test
    void float32RoundsToTheNearestBfloat16AndToEvenBetweenTwo() {
        byte[] bytes = ints(0x3F808000, 0x3F818000, 0x3F808001, 0x3F807FFF, 0x7F7FFFFF);
        try (var _ = Scope.open("test");
                var arena = Arena.ofConfined()) {
            Tensor narrow = read(arena, bytes, Dtype.FLOAT32, Dtype.BFLOAT16);
            assertThat(narrow.floats()).containsExactly(1, 1.015625f, 1.0078125f, 1, INFINITY);
        }
    }

    @Test
    void float16KeepsItsInfinitiesNansAndTinyNumbers() {
        byte[] bytes = shorts(0x3C00, 0xC000, 0x7BFF, 0x7C00, 0xFC00, 0x7E00, 0x0001, 0x8000);
        assertReads(
                bytes,
                Dtype.FLOAT16,
                1,
                -2,
                65504,
                INFINITY,
                -INFINITY,
                Float.NaN,
                0x1p-24f,
                -0.0f);
        try (var _ = Scope.open("test");
                var arena = Arena.ofConfined()) {
            float[] narrow = read(arena, bytes, Dtype.FLOAT16, Dtype.BFLOAT16).floats();
            assertThat(narrow).startsWith(1, -2, 65536, INFINITY, -INFINITY, Float.NaN);
        }
    }

    @Test
    void float64IsRoundedOnce() {
        byte[] bytes = bytes(MemorySegment.ofArray(new double[] {Math.PI, -1e300}));
        assertReads(bytes, Dtype.FLOAT64, (float) Math.PI, -INFINITY);
    }

    @Test
    void float8WithFourExponentBitsEndsAt448AndHasNoInfinity() {
        byte[] bytes = {0x38, (byte) 0xB8, 0x7E, 0x7F, 0x01, 0x08, 0x00, 0x3C};
        float[] expected = {1, -1, 448, Float.NaN, 0x1p-9f, 0x1p-6f, 0, 1.5f};
        assertReads(bytes, Dtype.FLOAT8_E4M3, expected);
        assertReadsToBfloat16(bytes, Dtype.FLOAT8_E4M3, expected);
    }

    @Test
    void float8WithFiveExponentBitsHasInfinities() {
        byte[] bytes = {0x3C, (byte) 0xBC, 0x7B, 0x7C, (byte) 0xFC, 0x7F, 0x01, 0x3E};
        float[] expected = {1, -1, 57344, INFINITY, -INFINITY, Float.NaN, 0x1p-16f, 1.5f};
        assertReads(bytes, Dtype.FLOAT8_E5M2, expected);
        assertReadsToBfloat16(bytes, Dtype.FLOAT8_E5M2, expected);
    }

    @Test
    void wholeNumbersOfEverySizeAreRead() {
        byte[] longs = bytes(MemorySegment.ofArray(new long[] {-3, 1L << 40}));
        assertThat(longs(longs, Dtype.INT64)).containsExactly(-3, 1L << 40);
        assertThat(longs(ints(-3, 1 << 30), Dtype.INT32)).containsExactly(-3, 1 << 30);
        assertThat(longs(shorts(-3, 1 << 14), Dtype.INT16)).containsExactly(-3, 1 << 14);
        assertThat(longs(new byte[] {-3, 100}, Dtype.INT8)).containsExactly(-3, 100);
        assertThat(longs(new byte[] {-3, 100}, Dtype.UINT8)).containsExactly(253, 100);
        assertThat(longs(new byte[] {0, 1}, Dtype.BOOL)).containsExactly(0, 1);
        assertReads(new byte[] {-3, 100}, Dtype.INT8, -3, 100);
        assertReadsToBfloat16(new byte[] {-3, 100}, Dtype.INT8, -3, 100);
    }

    @Test
    void bytesNeedNoAlignment() {
        try (var _ = Scope.open("test");
                var arena = Arena.ofConfined()) {
            MemorySegment odd = arena.allocate(9).asSlice(1);
            odd.copyFrom(MemorySegment.ofArray(ints(0x3F800000, 0x40000000)));
            Tensor read = Tensor.read(odd, Dtype.FLOAT32, Dtype.FLOAT32, Device.CPU, 2);
            assertThat(read.floats()).containsExactly(1, 2);
        }
    }

    @Test
    void whatWasReadOutlivesTheMemoryItCameFrom() {
        try (var _ = Scope.open("test")) {
            Tensor read;
            try (var arena = Arena.ofConfined()) {
                read = read(arena, ints(0x3F800000), Dtype.FLOAT32, Dtype.FLOAT32);
            }
            assertThat(read.floats()).containsExactly(1);
        }
    }

    @Test
    void aSizeThatIsNotTheShapesIsRefused() {
        try (var _ = Scope.open("test");
                var arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(6);
            assertThatThrownBy(() ->
                            Tensor.read(bytes, Dtype.BFLOAT16, Dtype.FLOAT32, Device.CPU, 2, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("6 bytes for BFLOAT16[2, 2]");
        }
    }

    @Test
    void noBytesMakeAnEmptyTensorAndOneElementAScalar() {
        try (var _ = Scope.open("test");
                var arena = Arena.ofConfined()) {
            MemorySegment none = arena.allocate(0);
            Tensor empty = Tensor.read(none, Dtype.BFLOAT16, Dtype.FLOAT32, Device.CPU, 3, 0);
            assertThat(empty.shape()).containsExactly(3, 0);
            assertThat(empty.floats()).isEmpty();
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 5);
            Tensor scalar = Tensor.read(one, Dtype.FLOAT32, Dtype.BFLOAT16, Device.CPU);
            assertThat(scalar.rank()).isZero();
            assertThat(scalar.item()).isEqualTo(5);
        }
    }

    private static void assertReads(byte[] bytes, Dtype from, float... expected) {
        try (var _ = Scope.open("test");
                var arena = Arena.ofConfined()) {
            Tensor read = read(arena, bytes, from, Dtype.FLOAT32);
            assertThat(read.dtype()).isEqualTo(Dtype.FLOAT32);
            assertThat(read.floats()).containsExactly(expected);
        }
    }

    private static void assertReadsToBfloat16(byte[] bytes, Dtype from, float... expected) {
        try (var _ = Scope.open("test");
                var arena = Arena.ofConfined()) {
            Tensor read = read(arena, bytes, from, Dtype.BFLOAT16);
            assertThat(read.dtype()).isEqualTo(Dtype.BFLOAT16);
            assertThat(read.floats()).containsExactly(expected);
        }
    }

    private static long[] longs(byte[] bytes, Dtype from) {
        try (var _ = Scope.open("test");
                var arena = Arena.ofConfined()) {
            return read(arena, bytes, from, from).longs();
        }
    }

    private static Tensor read(Arena arena, byte[] bytes, Dtype from, Dtype to) {
        MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
        return Tensor.read(memory, from, to, Device.CPU, bytes.length / from.elementBytes());
    }

    private static byte[] ints(int... numbers) {
        return bytes(MemorySegment.ofArray(numbers));
    }

    private static byte[] shorts(int... numbers) {
        short[] narrow = new short[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            narrow[i] = (short) numbers[i];
        }
        return bytes(MemorySegment.ofArray(narrow));
    }

    /// In the order of this machine, which is that of files wherever libtorch runs.
    private static byte[] bytes(MemorySegment numbers) {
        return numbers.toArray(ValueLayout.JAVA_BYTE);
    }
}
