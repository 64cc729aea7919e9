package dev.attune.format;

import dev.attune.format.MinimumSearch.Widths;

import java.util.Arrays;

/// [GgmlType#Q2_K]: 16 groups of 16 values, `x = d·s·q - m·t`, q of 2 bits, s and t of 4 bits a
/// group.
///
/// ```
/// byte 0                  16                            80      82      84
///      │ s | t<<4, 16 times │ q, four 32 apart in a byte │ d f16 │ m f16 │
/// ```
record TwoBitsK() implements GgmlBlock {
    private static final int GROUPS = 16;
    private static final int LENGTH = 16;
    private static final Widths WIDTHS = new Widths(-0.5f, 0.1f, 15);

    @Override
    public void encode(float[] values, int from, byte[] bytes, int at) {
        MinimumSearch search = new MinimumSearch(LENGTH, 3, WIDTHS, true);
        byte[] levels = new byte[GROUPS * LENGTH];
        float[] x = Arrays.copyOfRange(values, from, from + levels.length);
        float[] scales = new float[GROUPS];
        float[] minima = new float[GROUPS];
        for (int g = 0; g < GROUPS; g++) {
            for (int i = 0; i < LENGTH; i++) {
                search.weights()[i] = Math.abs(x[LENGTH * g + i]);
            }
            scales[g] = search.scale(x, LENGTH * g, levels);
            minima[g] = search.minimum();
        }
        float d = put(scales, 15, bytes, at, 0, at + 80);
        float m = put(minima, 15, bytes, at, 4, at + 82);
        pack(x, new float[] {d, m}, levels, bytes, at);
    }

    @Override
    public void encode(float[] values, int from, Importance importance, byte[] bytes, int at) {
        MinimumSearch search = new MinimumSearch(LENGTH, 3, WeightedRounding.WIDTHS, false);
        byte[] levels = new byte[GROUPS * LENGTH];
        float[] x = Arrays.copyOfRange(values, from, from + levels.length);
        float[] scales = new float[GROUPS];
        float[] minima = new float[GROUPS];
        float[] sums = new float[GROUPS];
        float spread = Importance.meanSquare(x, 0, x.length);
        for (int g = 0; g < GROUPS; g++) {
            int start = LENGTH * g;
            sums[g] = importance.weigh(x, start, spread, search.weights());
            scales[g] = search.scale(x, start, levels);
            minima[g] = search.minimum();
        }
        int[] s = new int[GROUPS];
        int[] t = new int[GROUPS];
        float d = WeightedRounding.positive(scales, sums, 15, s);
        float m = WeightedRounding.positive(minima, sums, 15, t);
        for (int g = 0; g < GROUPS; g++) {
            bytes[at + g] = (byte) (s[g] | t[g] << 4);
        }
        float[] units = {
            PlainBlocks.putHalf(d, bytes, at + 80), PlainBlocks.putHalf(m, bytes, at + 82)
        };
        pack(x, units, levels, bytes, at);
    }

    /// Rounds to the steps of the groups, which stand there.
    ///
    /// @param units those of scales and of minima
    private static void pack(float[] x, float[] units, byte[] levels, byte[] bytes, int at) {
        float d = units[0];
        float m = units[1];
        for (int g = 0; g < GROUPS; g++) {
            float step = d * (bytes[at + g] & 15);
            float low = m * ((bytes[at + g] & 0xff) >>> 4);
            for (int i = LENGTH * g; step != 0 && i < LENGTH * (g + 1); i++) {
                levels[i] = (byte) Rounding.nearest((x[i] + low) / step, 0, 3);
            }
        }
        QuarterBytes.put(levels, bytes, at + 16);
    }

    /// Rounds the scales of all groups to 4 bits, in units of their largest.
    ///
    /// @return the unit, as it can be stored
    private static float put(float[] scales, int top, byte[] bytes, int at, int shift, int unitAt) {
        float largest = 0;
        for (float scale : scales) {
            largest = Math.max(largest, scale);
        }
        for (int g = 0; g < GROUPS; g++) {
            int level = largest > 0 ? Rounding.nearest(top / largest * scales[g]) : 0;
            bytes[at + g] = (byte) ((shift == 0 ? 0 : bytes[at + g]) | level << shift);
        }
        return PlainBlocks.putHalf(largest / top, bytes, unitAt);
    }

    @Override
    public void decode(byte[] bytes, int at, float[] values, int to) {
        float d = PlainBlocks.halfAt(bytes, at + 80);
        float m = PlainBlocks.halfAt(bytes, at + 82);
        for (int i = 0; i < GROUPS * LENGTH; i++) {
            int both = bytes[at + i / LENGTH] & 0xff;
            int level = QuarterBytes.level(bytes, at + 16, i);
            values[to + i] = d * (both & 15) * level - m * (both >>> 4);
        }
    }
}
