package dev.attune.format;

import java.util.Arrays;

/// [GgmlType#IQ4_NL], one group, `x = d·v(q)`, and [GgmlType#IQ4_XS], eight of them with a scale of
/// 6 bits each, `x = d·(s - 32)·v(q)`: groups of 32, q of 4 bits, which stands for one of 16 values
/// v that lie closer together near zero.
///
/// ```
/// byte 0       2             4          8                          18 or 136
///      │ d f16 │ (top 2 bits │ (low 4   │ q16 over q0 ... q31 over │
///      │       │  of the s)  │  bits)   │ q15, in each group       │
/// ```
///
/// @param groups 1 or 8
record UnevenBits(int groups) implements GgmlBlock {
    private static final int LENGTH = 32;
    private static final int TRIES = 7;

    private static final int[] VALUES = {
        -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
    };

    private int nibblesAt() {
        return groups == 1 ? 2 : 8;
    }

    @Override
    public void encode(float[] values, int from, byte[] bytes, int at) {
        float[] scales = new float[groups];
        float[] weights = new float[LENGTH];
        for (int g = 0; g < groups; g++) {
            int start = from + LENGTH * g;
            for (int i = 0; i < LENGTH; i++) {
                weights[i] = values[start + i] * values[start + i];
            }
            scales[g] = search(values, start, weights);
        }
        put(values, from, scales, bytes, at);
    }

    @Override
    public void encode(float[] values, int from, Importance importance, byte[] bytes, int at) {
        float[] x = Arrays.copyOfRange(values, from, from + LENGTH * groups);
        float[] scales = new float[groups];
        float[] weights = new float[LENGTH];
        float spread = 2 * Importance.meanSquare(x, 0, x.length);
        for (int g = 0; g < groups; g++) {
            importance.weigh(x, LENGTH * g, spread, weights);
            scales[g] = search(x, LENGTH * g, weights);
        }
        put(x, 0, scales, bytes, at);
    }

    private void put(float[] values, int from, float[] scales, byte[] bytes, int at) {
        if (groups == 1) {
            PlainBlocks.putHalf(scales[0], bytes, at);
            pack(values, from, scales[0], bytes, at + 2);
            return;
        }
        Arrays.fill(bytes, at, at + nibblesAt(), (byte) 0);
        float unit = -Rounding.farthest(scales, 0, groups) / 32;
        float inverse = unit == 0 ? 0 : 1 / unit;
        PlainBlocks.putHalf(unit, bytes, at);
        for (int g = 0; g < groups; g++) {
            int s = Rounding.nearest(inverse * scales[g], -32, 31);
            bytes[at + 4 + g / 2] |= (byte) (((s + 32) & 15) << (4 * (g & 1)));
            bytes[at + 2 + g / 4] |= (byte) ((s + 32) >>> 4 << (2 * (g & 3)));
            pack(values, from + LENGTH * g, unit * s, bytes, at + nibblesAt() + LENGTH / 2 * g);
        }
    }

    private static void pack(float[] values, int from, float scale, byte[] bytes, int at) {
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = 0; i < LENGTH / 2; i++) {
            int low = nearest(inverse * values[from + i]);
            int high = nearest(inverse * values[from + LENGTH / 2 + i]);
            bytes[at + i] = (byte) (low | high << 4);
        }
    }

    /// The best of 16 scales, by weighted least squares. The first has the farthest value at the
    /// end of the table where steps are widest.
    private static float search(float[] values, int from, float[] weights) {
        float far = Rounding.farthest(values, from, LENGTH);
        if (Math.abs(far) < Rounding.NOTHING) {
            return 0;
        }
        float scale = 0;
        float best = 0;
        for (int i = -TRIES - 1; i <= TRIES; i++) {
            boolean first = i < -TRIES;
            float inverse = first ? 1 / (-far / VALUES[0]) : (i + VALUES[0]) / far;
            float vx = 0;
            float vv = 0;
            for (int j = from; j < from + LENGTH; j++) {
                float x = values[j];
                float v = VALUES[nearest(inverse * x)];
                float w = weights[j - from];
                vx += w * v * x;
                vv += w * v * v;
            }
            if (first || (vv > 0 && vx * vx > best * vv)) {
                scale = vx / vv;
                best = scale * vx;
            }
        }
        return scale;
    }

    private static int nearest(float x) {
        int below = 0;
        int above = 15;
        if (x <= VALUES[0]) {
            return 0;
        }
        if (x >= VALUES[above]) {
            return above;
        }
        while (above - below > 1) {
            int middle = (below + above) / 2;
            if (x < VALUES[middle]) {
                above = middle;
            } else {
                below = middle;
            }
        }
        return x - VALUES[below] < VALUES[above] - x ? below : above;
    }

    @Override
    public void decode(byte[] bytes, int at, float[] values, int to) {
        float d = PlainBlocks.halfAt(bytes, at);
        for (int g = 0; g < groups; g++) {
            int low = groups == 1 ? 0 : bytes[at + 4 + g / 2] >>> (4 * (g & 1)) & 15;
            int high = groups == 1 ? 0 : bytes[at + 2 + g / 4] >>> (2 * (g & 3)) & 3;
            float scale = groups == 1 ? d : d * ((low | high << 4) - 32);
            for (int i = 0; i < LENGTH / 2; i++) {
                int both = bytes[at + nibblesAt() + LENGTH / 2 * g + i] & 0xff;
                values[to + LENGTH * g + i] = scale * VALUES[both & 15];
                values[to + LENGTH * g + LENGTH / 2 + i] = scale * VALUES[both >>> 4];
            }
        }
    }
}
