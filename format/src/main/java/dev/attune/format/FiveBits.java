package dev.attune.format;

import java.util.Arrays;

/// [GgmlType#Q5_0], `x = d·(q - 16)`, and [GgmlType#Q5_1], `x = d·q + m`: 32 values of 5 bits.
///
/// ```
/// byte 0      2        4         8                                22 or 24
///      │ d f16 │ (m f16) │ fifth  │ low 4 bits of q0 | q16<<4, ... │
///                         bits of q0 to q31
/// ```
///
/// @param minimum whether there is an m
record FiveBits(boolean minimum) implements GgmlBlock {
    private static final int HALF = 16;

    @Override
    public void encode(float[] values, int from, byte[] bytes, int at) {
        put(Levels.of(values, from, minimum, 2 * HALF), bytes, at);
    }

    @Override
    public void encode(float[] values, int from, Importance importance, byte[] bytes, int at) {
        float[] x = Arrays.copyOfRange(values, from, from + 2 * HALF);
        put(Levels.weighted(x, importance, minimum, 2 * HALF), bytes, at);
    }

    private static void put(Levels levels, byte[] bytes, int at) {
        levels.put(bytes, at);
        int fifths = at + levels.headBytes();
        int bits = 0;
        for (int i = 0; i < HALF; i++) {
            int low = levels.level(i);
            int high = levels.level(HALF + i);
            bytes[fifths + 4 + i] = (byte) ((low & 15) | (high & 15) << 4);
            bits |= (low >>> 4) << i | (high >>> 4) << (i + HALF);
        }
        PlainBlocks.putInt(bits, bytes, fifths);
    }

    @Override
    public void decode(byte[] bytes, int at, float[] values, int to) {
        float d = PlainBlocks.halfAt(bytes, at);
        float m = minimum ? PlainBlocks.halfAt(bytes, at + 2) : 0;
        int zero = minimum ? 0 : HALF;
        int fifths = at + (minimum ? 4 : 2);
        int bits = PlainBlocks.intAt(bytes, fifths);
        for (int i = 0; i < HALF; i++) {
            int both = bytes[fifths + 4 + i] & 0xff;
            int low = (both & 15) | (bits >>> i & 1) << 4;
            int high = both >>> 4 | (bits >>> (i + HALF) & 1) << 4;
            values[to + i] = d * (low - zero) + m;
            values[to + HALF + i] = d * (high - zero) + m;
        }
    }
}
