package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Objects;

/// Rounding with an importance matrix, beside what llama.cpp made of the same values.
class WeightedBytesTest {
    @ParameterizedTest
    @EnumSource(
            value = GgmlType.class,
            names = {
                "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K",
                "IQ4_NL", "IQ4_XS"
            })
    void areTheBytesThatGgmlWrites(GgmlType type) throws IOException {
        float[] values = floats("values.f32");
        byte[] found = new byte[(int) type.byteLength(values.length)];

        GgmlFloats.encode(type, values, floats("importance.f32"), found);

        assertThat(found).isEqualTo(bytes(type.name().toLowerCase(Locale.ROOT) + ".bin"));
    }

    private static float[] floats(String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
        float[] floats = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(floats);
        return floats;
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = WeightedBytesTest.class.getResourceAsStream("weighted/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
