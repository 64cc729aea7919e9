package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.format.GgmlFloats;
import dev.attune.format.GgmlType;
import dev.attune.testkit.LlamaCpp;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/// Values of several kinds, rounded by us and by a real llama.cpp: the same bytes.
class LlamaCppBytesTest {
    private static final int COLUMNS = 512;

    /// More than are rounded side by side, and some more.
    private static final int ROWS = 17;

    @TempDir private static Path folder;

    @ParameterizedTest
    @EnumSource(
            value = GgmlType.class,
            names = {
                "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K",
                "IQ4_NL", "IQ4_XS"
            })
    void areThoseOfLlamaCpp(GgmlType type) throws IOException {
        LlamaCpp llama = BundledLlamaCpp.open(folder);
        for (int kind = 0; kind < 4; kind++) {
            float[] values = values(kind);
            float[] importance = importance(kind);
            int length = (int) type.byteLength(values.length);
            byte[] plain = new byte[length];
            byte[] heeding = new byte[length];

            GgmlFloats.encode(type, values, 0, values.length, plain, 0);
            GgmlFloats.encode(type, values, importance, heeding);

            assertThat(plain)
                    .as("%s, kind %d", type, kind)
                    .isEqualTo(llama.encode(type.id(), values, COLUMNS, new float[0], length));
            assertThat(heeding)
                    .as("%s with importance, kind %d", type, kind)
                    .isEqualTo(llama.encode(type.id(), values, COLUMNS, importance, length));
        }
    }

    /// Like weights; all positive; many zeros; of very different sizes.
    private static float[] values(int kind) {
        Random random = new Random(kind);
        float[] values = new float[ROWS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            double x = random.nextGaussian();
            double other = random.nextGaussian();
            values[i] =
                    (float)
                            switch (kind) {
                                case 0 -> 0.02 * x;
                                case 1 -> Math.exp(x);
                                case 2 -> other > 0.6 ? x : 0;
                                default -> x * Math.exp(2 * other);
                            };
        }
        return values;
    }

    /// In the third kind a third of the columns counts nothing.
    private static float[] importance(int kind) {
        Random random = new Random(10 + kind);
        float[] importance = new float[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            double x = Math.exp((kind + 1) * random.nextGaussian());
            importance[i] = kind == 2 && i % 3 == 0 ? 0 : (float) x;
        }
        return importance;
    }
}
