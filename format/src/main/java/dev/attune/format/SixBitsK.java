package dev.attune.format;

import java.util.Arrays;

/// [GgmlType#Q6_K]: 16 groups of 16 values, `x = d·s·(q - 32)`, q of 6 bits, s a signed byte a
/// group.
///
/// ```
/// byte 0                            128                       192            208     210
///      │ low 4 bits: in each half, of │ top 2 bits, as in Q2_K    │ s, 16 times │ d f16 │
///      │ 128: q64 over q0 ... q127    │                           │             │       │
///      │ over q63                     │                           │             │       │
/// ```
record SixBitsK() implements GgmlBlock {
    private static final int GROUPS = 16;
    private static final int LENGTH = 16;
    private static final int TOPS = 128;
    private static final int SCALES = 192;
    private static final int BYTES = 210;

    @Override
    public void encode(float[] values, int from, byte[] bytes, int at) {
        byte[] levels = new byte[GROUPS * LENGTH];
        float[] x = Arrays.copyOfRange(values, from, from + levels.length);
        float[] scales = new float[GROUPS];
        for (int g = 0; g < GROUPS; g++) {
            scales[g] = Rounding.symmetric(x, LENGTH * g, LENGTH, 32, levels);
        }
        put(x, scales, levels, bytes, at);
    }

    @Override
    public int encodeMany(float[] values, int from, int count, byte[] bytes, int at) {
        int many = SymmetricLanes.LANES * LENGTH;
        if (count < many) {
            return 0;
        }
        SymmetricLanes lanes = new SymmetricLanes(LENGTH, 32);
        int done = 0;
        int to = at;
        for (; done + many <= count; done += many) {
            lanes.search(values, from + done);
            for (int g = 0; g < SymmetricLanes.LANES; g += GROUPS) {
                int start = from + done + LENGTH * g;
                if (lanes.odd(g, GROUPS)) {
                    encode(values, start, bytes, to);
                } else {
                    put(
                            lanes,
                            g,
                            Arrays.copyOfRange(values, start, start + GROUPS * LENGTH),
                            bytes,
                            to);
                }
                to += BYTES;
            }
        }
        return done;
    }

    /// Writes the block whose first group is lane `first`.
    private static void put(SymmetricLanes lanes, int first, float[] x, byte[] bytes, int at) {
        byte[] levels = new byte[GROUPS * LENGTH];
        float[] scales = new float[GROUPS];
        for (int g = 0; g < GROUPS; g++) {
            scales[g] = lanes.scale(first + g);
            for (int i = LENGTH * g; i < LENGTH * (g + 1); i++) {
                levels[i] = lanes.level(first + g, x[i]);
            }
        }
        put(x, scales, levels, bytes, at);
    }

    @Override
    public void encode(float[] values, int from, Importance importance, byte[] bytes, int at) {
        byte[] levels = new byte[GROUPS * LENGTH];
        float[] x = Arrays.copyOfRange(values, from, from + levels.length);
        float[] scales = new float[GROUPS];
        WeightedRounding rounding = new WeightedRounding(LENGTH);
        for (int g = 0; g < GROUPS; g++) {
            importance.copy(LENGTH * g, rounding.weights());
            scales[g] = rounding.symmetric(x, LENGTH * g, 32, levels);
        }
        put(x, scales, levels, bytes, at);
    }

    private static void put(float[] x, float[] scales, byte[] levels, byte[] bytes, int at) {
        float far = Rounding.farthest(scales, 0, GROUPS);
        if (Math.abs(far) < Rounding.NOTHING) {
            Arrays.fill(bytes, at, at + BYTES, (byte) 0);
            return;
        }
        float inverse = -128 / far;
        float d = PlainBlocks.putHalf(1 / inverse, bytes, at + 208);
        for (int g = 0; g < GROUPS; g++) {
            bytes[at + SCALES + g] = (byte) Math.min(127, Rounding.nearest(inverse * scales[g]));
            float step = d * bytes[at + SCALES + g];
            for (int i = LENGTH * g; step != 0 && i < LENGTH * (g + 1); i++) {
                levels[i] = (byte) (Rounding.nearest(x[i] / step, -32, 31) + 32);
            }
        }
        pack(levels, bytes, at);
    }

    private static void pack(byte[] levels, byte[] bytes, int at) {
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 64; i++) {
                int l = 128 * half + i;
                bytes[at + 64 * half + i] = (byte) ((levels[l] & 15) | (levels[l + 64] & 15) << 4);
            }
        }
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) (levels[i] >>> 4);
        }
        QuarterBytes.put(levels, bytes, at + TOPS);
    }

    @Override
    public void decode(byte[] bytes, int at, float[] values, int to) {
        float d = PlainBlocks.halfAt(bytes, at + 208);
        for (int i = 0; i < GROUPS * LENGTH; i++) {
            int both = bytes[at + (i >>> 7) * 64 + (i & 63)] & 0xff;
            int low = both >>> ((i >>> 6 & 1) * 4) & 15;
            int level = low | QuarterBytes.level(bytes, at + TOPS, i) << 4;
            values[to + i] = d * bytes[at + SCALES + i / LENGTH] * (level - 32);
        }
    }
}
