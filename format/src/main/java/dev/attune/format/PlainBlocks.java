package dev.attune.format;

/// Types of floats without blocks, and the small numbers that blocks are made of.
final class PlainBlocks {
    private PlainBlocks() {}

    /// [GgmlType#F32].
    enum Single implements GgmlBlock {
        BLOCK;

        @Override
        public void encode(float[] values, int from, byte[] bytes, int at) {
            putInt(Float.floatToRawIntBits(values[from]), bytes, at);
        }

        @Override
        public void decode(byte[] bytes, int at, float[] values, int to) {
            values[to] = Float.intBitsToFloat(intAt(bytes, at));
        }
    }

    /// [GgmlType#F16].
    enum Half implements GgmlBlock {
        BLOCK;

        @Override
        public void encode(float[] values, int from, byte[] bytes, int at) {
            putHalf(values[from], bytes, at);
        }

        @Override
        public void decode(byte[] bytes, int at, float[] values, int to) {
            values[to] = halfAt(bytes, at);
        }
    }

    /// [GgmlType#BF16], rounded to the nearest, ties to even; a NaN stays one.
    enum Brain implements GgmlBlock {
        BLOCK;

        @Override
        public void encode(float[] values, int from, byte[] bytes, int at) {
            int bits = Float.floatToRawIntBits(values[from]);
            int half =
                    Float.isNaN(values[from])
                            ? (bits >>> 16) | 64
                            : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
            putShort(half, bytes, at);
        }

        @Override
        public void decode(byte[] bytes, int at, float[] values, int to) {
            values[to] = Float.intBitsToFloat(shortAt(bytes, at) << 16);
        }
    }

    static float halfAt(byte[] bytes, int at) {
        return Float.float16ToFloat((short) shortAt(bytes, at));
    }

    /// Writes a half, and gives it back as what it was rounded to.
    static float putHalf(float value, byte[] bytes, int at) {
        short half = Float.floatToFloat16(value);
        putShort(half, bytes, at);
        return Float.float16ToFloat(half);
    }

    static int shortAt(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
    }

    static void putShort(int value, byte[] bytes, int at) {
        bytes[at] = (byte) value;
        bytes[at + 1] = (byte) (value >>> 8);
    }

    static int intAt(byte[] bytes, int at) {
        return shortAt(bytes, at) | shortAt(bytes, at + 2) << 16;
    }

    static void putInt(int value, byte[] bytes, int at) {
        putShort(value, bytes, at);
        putShort(value >>> 16, bytes, at + 2);
    }
}
