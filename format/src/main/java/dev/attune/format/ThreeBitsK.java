package dev.attune.format;

import java.util.Arrays;

/// [GgmlType#Q3_K]: 16 groups of 16 values, `x = d·(s - 32)·(q - 4)`, q of 3 bits, s of 6 bits.
///
/// ```
/// byte 0                    32                        96                       108     110
///      │ third bits of the q │ low two, as in Q2_K     │ s: 16 low halves,       │ d f16 │
///      │ bit j of byte i:    │                         │ then 16 pairs of bits   │       │
///      │ of q number 32j + i │                         │                         │       │
/// ```
record ThreeBitsK() implements GgmlBlock {
    private static final int GROUPS = 16;
    private static final int LENGTH = 16;
    private static final int SCALES = 96;

    @Override
    public void encode(float[] values, int from, byte[] bytes, int at) {
        byte[] levels = new byte[GROUPS * LENGTH];
        float[] x = Arrays.copyOfRange(values, from, from + levels.length);
        float[] scales = new float[GROUPS];
        for (int g = 0; g < GROUPS; g++) {
            scales[g] = Rounding.oneByOne(x, LENGTH * g, LENGTH, 4, levels);
        }
        float far = Rounding.farthest(scales, 0, GROUPS);
        float inverse = far == 0 ? 0 : -32 / far;
        Arrays.fill(bytes, at, at + 108, (byte) 0);
        for (int g = 0; g < GROUPS && far != 0; g++) {
            putScale(Rounding.nearest(inverse * scales[g], -32, 31) + 32, g, bytes, at + SCALES);
        }
        put(far == 0 ? 0 : 1 / inverse, x, levels, bytes, at);
    }

    @Override
    public void encode(float[] values, int from, Importance importance, byte[] bytes, int at) {
        byte[] levels = new byte[GROUPS * LENGTH];
        float[] x = Arrays.copyOfRange(values, from, from + levels.length);
        float[] scales = new float[GROUPS];
        WeightedRounding rounding = new WeightedRounding(LENGTH);
        WeightedRounding ofScales = new WeightedRounding(GROUPS);
        float spread = 2 * Importance.meanSquare(x, 0, x.length);
        for (int g = 0; g < GROUPS; g++) {
            float[] weights = rounding.weights();
            ofScales.weights()[g] = importance.weigh(x, LENGTH * g, spread, weights);
            scales[g] = rounding.symmetric(x, LENGTH * g, 4, levels);
        }
        byte[] s = new byte[GROUPS];
        Importance.orEqual(ofScales.weights());
        float unit = ofScales.symmetric(scales, 0, 32, s);
        Arrays.fill(bytes, at, at + 108, (byte) 0);
        for (int g = 0; g < GROUPS; g++) {
            putScale(s[g], g, bytes, at + SCALES);
        }
        put(unit, x, levels, bytes, at);
    }

    /// Writes all but the scales, which stand there.
    private static void put(float unit, float[] x, byte[] levels, byte[] bytes, int at) {
        float d = PlainBlocks.putHalf(unit, bytes, at + 108);
        for (int i = 0; i < levels.length; i++) {
            float step = d * (scale(bytes, at + SCALES, i / LENGTH) - 32);
            if (step != 0) {
                levels[i] = (byte) (Rounding.nearest(x[i] / step, -4, 3) + 4);
            }
            bytes[at + (i & 31)] |= (byte) (levels[i] >>> 2 << (i >>> 5));
            levels[i] = (byte) (levels[i] & 3);
        }
        QuarterBytes.put(levels, bytes, at + 32);
    }

    @Override
    public void decode(byte[] bytes, int at, float[] values, int to) {
        float d = PlainBlocks.halfAt(bytes, at + 108);
        for (int i = 0; i < GROUPS * LENGTH; i++) {
            float step = d * (scale(bytes, at + SCALES, i / LENGTH) - 32);
            int third = bytes[at + (i & 31)] >>> (i >>> 5) & 1;
            int level = QuarterBytes.level(bytes, at + 32, i) | third << 2;
            values[to + i] = step * (level - 4);
        }
    }

    private static void putScale(int scale, int group, byte[] bytes, int at) {
        bytes[at + (group & 7)] |= (byte) ((scale & 15) << (group < 8 ? 0 : 4));
        bytes[at + 8 + (group & 3)] |= (byte) (scale >>> 4 << (2 * (group >>> 2)));
    }

    private static int scale(byte[] bytes, int at, int group) {
        int low = bytes[at + (group & 7)] >>> (group < 8 ? 0 : 4) & 15;
        int high = bytes[at + 8 + (group & 3)] >>> (2 * (group >>> 2)) & 3;
        return low | high << 4;
    }
}
