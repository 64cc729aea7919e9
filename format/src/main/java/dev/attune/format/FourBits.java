package dev.attune.format;

import java.util.Arrays;

/// [GgmlType#Q4_0], `x = d·(q - 8)`, and [GgmlType#Q4_1], `x = d·q + m`: 32 values of 4 bits.
///
/// ```
/// byte 0      2        4                                18 or 20
///      │ d f16 │ (m f16) │ q0 | q16<<4, q1 | q17<<4, ... │
/// ```
///
/// @param minimum whether there is an m
record FourBits(boolean minimum) implements GgmlBlock {
    private static final int HALF = 16;

    @Override
    public void encode(float[] values, int from, byte[] bytes, int at) {
        put(Levels.of(values, from, minimum, HALF), bytes, at);
    }

    @Override
    public void encode(float[] values, int from, Importance importance, byte[] bytes, int at) {
        float[] x = Arrays.copyOfRange(values, from, from + 2 * HALF);
        put(Levels.weighted(x, importance, minimum, HALF), bytes, at);
    }

    private static void put(Levels levels, byte[] bytes, int at) {
        levels.put(bytes, at);
        int nibbles = at + levels.headBytes();
        for (int i = 0; i < HALF; i++) {
            int low = levels.level(i);
            int high = levels.level(HALF + i);
            bytes[nibbles + i] = (byte) (low | high << 4);
        }
    }

    @Override
    public void decode(byte[] bytes, int at, float[] values, int to) {
        float d = PlainBlocks.halfAt(bytes, at);
        float m = minimum ? PlainBlocks.halfAt(bytes, at + 2) : 0;
        int zero = minimum ? 0 : HALF / 2;
        int nibbles = at + (minimum ? 4 : 2);
        for (int i = 0; i < HALF; i++) {
            int both = bytes[nibbles + i] & 0xff;
            values[to + i] = d * ((both & 15) - zero) + m;
            values[to + HALF + i] = d * ((both >>> 4) - zero) + m;
        }
    }
}
