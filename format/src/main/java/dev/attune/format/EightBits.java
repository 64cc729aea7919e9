package dev.attune.format;

/// [GgmlType#Q8_0]: 32 values `x = d·q`, q from -127 to 127.
///
/// ```
/// byte 0      2                34
///      │ d f16 │ q0 q1 ... q31 │
/// ```
record EightBits() implements GgmlBlock {
    private static final int LENGTH = 32;

    @Override
    public void encode(float[] values, int from, byte[] bytes, int at) {
        float d = Rounding.largest(values, from, LENGTH) / 127;
        float inverse = d == 0 ? 0 : 1 / d;
        PlainBlocks.putHalf(d, bytes, at);
        for (int i = 0; i < LENGTH; i++) {
            double x = values[from + i] * inverse;
            // Halves go away from zero, as in C; no branch, since signs cannot be foretold.
            bytes[at + 2 + i] = (byte) (x + Math.copySign(0.5, x));
        }
    }

    @Override
    public void decode(byte[] bytes, int at, float[] values, int to) {
        float d = PlainBlocks.halfAt(bytes, at);
        for (int i = 0; i < LENGTH; i++) {
            values[to + i] = d * bytes[at + 2 + i];
        }
    }
}
