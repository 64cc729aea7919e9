package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

class GgmlFloatsTest {
    @Test
    void readsWhatGgmlWroteAsGgmlReadsIt() throws IOException {
        for (GgmlType type : vectors()) {
            byte[] bytes = Files.readAllBytes(file(type, ".bin"));
            float[] expected = floats(file(type, ".dequantized.f32"));
            float[] found = new float[expected.length];

            GgmlFloats.decode(type, MemorySegment.ofArray(bytes), found);

            assertThat(unsigned(found)).as("%s", type).isEqualTo(unsigned(expected));
        }
    }

    @Test
    void writesTheBytesThatGgmlWrites() throws IOException {
        float[] input = floats(SharedData.path("formats/gguf-quants/input.f32"));
        for (GgmlType type : vectors()) {
            byte[] expected = Files.readAllBytes(file(type, ".bin"));

            byte[] found = encoded(type, input);

            int block = type.blockBytes();
            long other =
                    Stream.iterate(0, at -> at < expected.length, at -> at + block)
                            .filter(at ->
                                    !Arrays.equals(expected, at, at + block, found, at, at + block))
                            .count();
            assertThat(other).as("blocks of %s with other bytes", type).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(value = GgmlType.class, mode = Mode.MATCH_ALL, names = ".*")
    void valuesComeBackWithinTheStepsOfTheirType(GgmlType type) {
        if (!GgmlFloats.handles(type)) {
            assertThatThrownBy(
                            () -> GgmlFloats.encode(type, new float[256], 0, 256, new byte[0], 0))
                    .hasMessageContaining("values of type " + type);
            return;
        }
        Random random = new Random(7);
        float[] values = new float[1024];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        float[] back = new float[values.length];

        GgmlFloats.decode(type, MemorySegment.ofArray(encoded(type, values)), back);

        double bits = 8.0 * type.blockBytes() / type.blockLength();
        double allowed = bits >= 16 ? 0.01 : 3 * Math.pow(2, -Math.floor(bits));
        assertThat(error(values, back)).as("relative error of %s", type).isLessThan(allowed);
    }

    /// Columns of very different importance, and two rows of 512.
    @ParameterizedTest
    @EnumSource(
            value = GgmlType.class,
            names = {
                "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL",
                "IQ4_XS"
            })
    void whatMattersIsRoundedNearer(GgmlType type) {
        Random random = new Random(11);
        float[] values = new float[4096];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        float[] importance = new float[512];
        for (int i = 0; i < importance.length; i++) {
            importance[i] = (float) Math.exp(3 * random.nextGaussian());
        }
        byte[] bytes = new byte[(int) type.byteLength(values.length)];
        float[] plain = new float[values.length];
        float[] heeding = new float[values.length];

        GgmlFloats.encode(type, values, importance, bytes);
        GgmlFloats.decode(type, MemorySegment.ofArray(bytes), heeding);
        GgmlFloats.decode(type, MemorySegment.ofArray(encoded(type, values)), plain);

        assertThat(weighted(values, heeding, importance))
                .as("error of %s where it matters", type)
                .isLessThan(0.97 * weighted(values, plain, importance));
        assertThat(error(values, heeding))
                .as("error of %s everywhere", type)
                .isLessThan(2 * error(values, plain));
    }

    @ParameterizedTest
    @EnumSource(value = GgmlType.class, mode = Mode.MATCH_ALL, names = ".*")
    void nothingBreaksWhereNothingMatters(GgmlType type) {
        if (!GgmlFloats.handles(type)) {
            return;
        }
        float[] values = new float[512];
        for (int i = 256; i < 512; i++) {
            values[i] = i % 7 - 3;
        }
        byte[] bytes = new byte[(int) type.byteLength(values.length)];
        float[] back = new float[values.length];

        GgmlFloats.encode(type, values, new float[512], bytes);
        GgmlFloats.decode(type, MemorySegment.ofArray(bytes), back);

        assertThat(unsigned(Arrays.copyOf(back, 256))).as("zeros in %s", type).containsOnly(0);
        assertThat(error(values, back)).as("error of %s", type).isLessThan(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = GgmlType.class,
            names = {"Q4_0", "Q5_0", "Q8_0", "Q4_K", "Q5_K", "Q6_K"})
    void manyBlocksHaveTheBytesOfEachAlone(GgmlType type) {
        float[] values = valuesOfManyKinds(2 * 8192 + 768);
        int blocks = values.length / type.blockLength() - 1;
        byte[] alone = new byte[blocks * type.blockBytes() + 3];
        for (int i = 0; i < blocks; i++) {
            int from = (i + 1) * type.blockLength();
            int at = 3 + i * type.blockBytes();
            GgmlFloats.encode(type, values, from, type.blockLength(), alone, at);
        }
        byte[] together = new byte[alone.length];

        GgmlFloats.encode(
                type, values, type.blockLength(), blocks * type.blockLength(), together, 3);

        assertThat(together).isEqualTo(alone);
    }

    @ParameterizedTest
    @EnumSource(
            value = GgmlType.class,
            names = {"Q4_0", "Q5_0"})
    void zerosOfEitherSignAreTheSameBytes(GgmlType type) {
        float[] negative = new float[32];
        Arrays.fill(negative, -0f);

        assertThat(encoded(type, negative)).isEqualTo(encoded(type, new float[32]));
    }

    /// Groups like weights, of one sign, of zeros of both signs, of whole numbers, of values too
    /// small and too large for a half, nearly the same, infinite and NaN.
    private static float[] valuesOfManyKinds(int count) {
        Random random = new Random(3);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            double x = random.nextGaussian();
            values[i] =
                    (float)
                            switch (i / 48 % 29) {
                                case 0 -> Math.exp(x);
                                case 1 -> x < 0 ? -0.0 : 0.0;
                                case 2 -> Math.rint(x);
                                case 3 -> x * 1e-41;
                                case 4 -> x * 1e-16;
                                case 5 -> x * 1e36;
                                case 6 -> 1 + 1e-7 * x;
                                case 7 -> -1 + 1e-3 * x;
                                case 8 -> i % 48 == 5 ? Double.POSITIVE_INFINITY : x;
                                case 9 -> i % 48 == 5 ? Double.NaN : x;
                                case 10 -> -1.5;
                                default -> 0.02 * x;
                            };
        }
        return values;
    }

    private static double weighted(float[] expected, float[] found, float[] importance) {
        double off = 0;
        for (int i = 0; i < expected.length; i++) {
            off += importance[i % importance.length] * Math.pow((double) expected[i] - found[i], 2);
        }
        return off;
    }

    @ParameterizedTest
    @EnumSource(value = GgmlType.class, mode = Mode.MATCH_ALL, names = ".*")
    void zerosStayZeros(GgmlType type) {
        if (!GgmlFloats.handles(type)) {
            return;
        }
        float[] back = new float[512];
        Arrays.fill(back, 1);

        GgmlFloats.decode(type, MemorySegment.ofArray(encoded(type, new float[512])), back);

        assertThat(unsigned(back)).as("zeros in %s", type).containsOnly(0);
    }

    /// The scales of these blocks come first, or last, as their layouts say; the levels are bytes.
    @ParameterizedTest
    @EnumSource(value = GgmlType.class, mode = Mode.MATCH_ALL, names = ".*")
    void blocksOfTheOtherByteOrderAreTurned(GgmlType type) {
        if (!GgmlFloats.handles(type)) {
            return;
        }
        float[] values = new float[256];
        Arrays.fill(values, 3.3f);
        byte[] little = encoded(type, values);
        MemorySegment once = SwappedBlocks.of(type, MemorySegment.ofArray(little));
        byte[] big = once.toArray(ValueLayout.JAVA_BYTE);

        int moved = 0;
        for (int i = 0; i < type.blockBytes(); i++) {
            moved += little[i] == big[i] ? 0 : 1;
        }
        assertThat(moved).as("bytes of %s that moved", type).isBetween(1, 4);
        assertThat(SwappedBlocks.of(type, once).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(little);
    }

    @Test
    void refusesWhatIsNoWholeBlock() {
        assertThatThrownBy(() ->
                        GgmlFloats.encode(GgmlType.Q4_K, new float[100], 0, 100, new byte[0], 0))
                .hasMessageContaining("100 values are no multiple of 256, a block of Q4_K");
        assertThatThrownBy(() ->
                        GgmlFloats.decode(
                                GgmlType.Q8_0, MemorySegment.ofArray(new byte[33]), new float[32]))
                .hasMessageContaining("33 bytes are not those of 32 values of Q8_0");
    }

    /// With one zero instead of two.
    private static float[] unsigned(float[] values) {
        float[] unsigned = values.clone();
        for (int i = 0; i < unsigned.length; i++) {
            unsigned[i] += 0f;
        }
        return unsigned;
    }

    private static byte[] encoded(GgmlType type, float[] values) {
        byte[] bytes = new byte[(int) type.byteLength(values.length)];
        GgmlFloats.encode(type, values, 0, values.length, bytes, 0);
        return bytes;
    }

    private static double error(float[] expected, float[] found) {
        double off = 0;
        double all = 0;
        for (int i = 0; i < expected.length; i++) {
            off += Math.pow((double) expected[i] - found[i], 2);
            all += Math.pow((double) expected[i], 2);
        }
        return Math.sqrt(off / all);
    }

    private static Set<GgmlType> vectors() {
        return Set.of(
                GgmlType.F16,
                GgmlType.BF16,
                GgmlType.Q4_0,
                GgmlType.Q4_1,
                GgmlType.Q5_0,
                GgmlType.Q5_1,
                GgmlType.Q8_0,
                GgmlType.Q2_K,
                GgmlType.Q3_K,
                GgmlType.Q4_K,
                GgmlType.Q5_K,
                GgmlType.Q6_K,
                GgmlType.IQ4_NL,
                GgmlType.IQ4_XS);
    }

    private static Path file(GgmlType type, String ending) {
        String name = type.name().toLowerCase(Locale.ROOT).replace("_k", "_K");
        return SharedData.path("formats/gguf-quants/" + name + ending);
    }

    private static float[] floats(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        float[] floats = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(floats);
        return floats;
    }
}
