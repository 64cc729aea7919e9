package dev.attune.format;

import dev.attune.format.MinimumSearch.Widths;

import java.util.Arrays;

/// [GgmlType#Q4_K] and [GgmlType#Q5_K]: 8 groups of 32 values, `x = d·s·q - m·t`, q of 4 or 5 bits,
/// s and t of 6 bits a group.
///
/// ```
/// byte 0       2       4                16                48                   144 or 176
///      │ d f16 │ m f16 │ s and t, packed │ (fifth bits, bit │ low 4 bits, q32 over │
///      │       │       │                 │ j of byte i: of  │ q0 and so on, 64 in  │
///      │       │       │                 │ q number 32j + i)│ each 32 bytes        │
///
/// scales, 6 bits:  bytes 0-3  s0-s3 | top two bits of s4-s7 << 6
///                  bytes 4-7  t0-t3 | top two bits of t4-t7 << 6
///                  bytes 8-11 low four bits of s4-s7 | of t4-t7 << 4
/// ```
///
/// @param five whether there are fifth bits
record FourOrFiveBitsK(boolean five) implements GgmlBlock {
    private static final int GROUPS = 8;
    private static final int LENGTH = 32;
    private static final int SCALES = 4;
    private static final Widths WIDTHS_OF_FOUR = new Widths(-1, 0.1f, 20);
    private static final Widths WIDTHS_OF_FIVE = new Widths(-0.5f, 0.1f, 15);

    private int top() {
        return five ? 31 : 15;
    }

    private int nibblesAt() {
        return five ? 48 : 16;
    }

    private int bytes() {
        return five ? 176 : 144;
    }

    private Widths widths() {
        return five ? WIDTHS_OF_FIVE : WIDTHS_OF_FOUR;
    }

    @Override
    public void encode(float[] values, int from, byte[] bytes, int at) {
        byte[] levels = new byte[GROUPS * LENGTH];
        float[] x = Arrays.copyOfRange(values, from, from + levels.length);
        float[] scales = new float[GROUPS];
        float[] minima = new float[GROUPS];
        MinimumSearch search = new MinimumSearch(LENGTH, top(), widths(), false);
        for (int g = 0; g < GROUPS; g++) {
            float typical = typical(x, LENGTH * g);
            for (int i = 0; i < LENGTH; i++) {
                search.weights()[i] = typical + Math.abs(x[LENGTH * g + i]);
            }
            scales[g] = search.scale(x, LENGTH * g, levels);
            minima[g] = search.minimum();
        }
        put(x, levels, scales, minima, new Place(bytes, at));
    }

    @Override
    public int encodeMany(float[] values, int from, int count, byte[] bytes, int at) {
        int many = MinimumLanes.LANES * LENGTH;
        if (count < many) {
            return 0;
        }
        MinimumLanes lanes = new MinimumLanes(LENGTH, top(), widths());
        int done = 0;
        int to = at;
        for (; done + many <= count; done += many) {
            fill(lanes, values, from + done);
            lanes.search();
            for (int g = 0; g < MinimumLanes.LANES; g += GROUPS) {
                int start = from + done + LENGTH * g;
                if (lanes.odd(g, GROUPS)) {
                    encode(values, start, bytes, to);
                } else {
                    put(lanes, g, values, start, new Place(bytes, to));
                }
                to += bytes();
            }
        }
        return done;
    }

    private static void fill(MinimumLanes lanes, float[] values, int from) {
        float[][] x = lanes.values();
        float[][] weights = lanes.weights();
        for (int g = 0; g < MinimumLanes.LANES; g++) {
            int start = from + LENGTH * g;
            float typical = typical(values, start);
            for (int j = 0; j < LENGTH; j++) {
                float value = values[start + j];
                x[j][g] = value;
                weights[j][g] = typical + Math.abs(value);
            }
        }
    }

    /// Writes the block whose first group is lane `first`.
    private void put(MinimumLanes lanes, int first, float[] values, int from, Place place) {
        byte[] levels = new byte[GROUPS * LENGTH];
        float[] scales = new float[GROUPS];
        float[] minima = new float[GROUPS];
        for (int g = 0; g < GROUPS; g++) {
            scales[g] = lanes.scale(first + g);
            minima[g] = lanes.minimum(first + g);
            for (int j = 0; j < LENGTH; j++) {
                levels[LENGTH * g + j] = lanes.level(first + g, j);
            }
        }
        put(Arrays.copyOfRange(values, from, from + levels.length), levels, scales, minima, place);
    }

    private void put(float[] x, byte[] levels, float[] scales, float[] minima, Place place) {
        put(
                new Steps(sixBits(scales), largest(scales) / 63),
                new Steps(sixBits(minima), largest(minima) / 63),
                x,
                levels,
                place);
    }

    @Override
    public void encode(float[] values, int from, Importance importance, byte[] bytes, int at) {
        byte[] levels = new byte[GROUPS * LENGTH];
        float[] x = Arrays.copyOfRange(values, from, from + levels.length);
        float[] scales = new float[GROUPS];
        float[] minima = new float[GROUPS];
        float[] sums = new float[GROUPS];
        MinimumSearch search = new MinimumSearch(LENGTH, top(), WeightedRounding.WIDTHS, false);
        float spread = 2 * Importance.meanSquare(x, 0, x.length);
        for (int g = 0; g < GROUPS; g++) {
            int start = LENGTH * g;
            sums[g] = importance.weigh(x, start, spread, search.weights());
            scales[g] = search.scale(x, start, levels);
            minima[g] = search.minimum();
        }
        put(
                Steps.weighted(scales, sums),
                Steps.weighted(minima, sums),
                x,
                levels,
                new Place(bytes, at));
    }

    /// The numbers of all groups as levels of 6 bits.
    private static final class Steps {
        private final int[] levels;
        private final float unit;

        Steps(int[] levels, float unit) {
            this.levels = levels;
            this.unit = unit;
        }

        static Steps weighted(float[] numbers, float[] weights) {
            int[] levels = new int[GROUPS];
            float unit = WeightedRounding.positive(numbers, weights, 63, levels);
            return new Steps(levels, unit);
        }
    }

    /// Where a block lies.
    private static final class Place {
        private final byte[] bytes;
        private final int at;

        Place(byte[] bytes, int at) {
            this.bytes = bytes;
            this.at = at;
        }
    }

    private void put(Steps scales, Steps minima, float[] x, byte[] levels, Place place) {
        byte[] bytes = place.bytes;
        int at = place.at;
        int[] s = scales.levels;
        int[] t = minima.levels;
        Arrays.fill(bytes, at, at + nibblesAt(), (byte) 0);
        for (int g = 0; g < GROUPS; g++) {
            putSixBits(s[g], g, 0, bytes, at + SCALES);
            putSixBits(t[g], g, 1, bytes, at + SCALES);
        }
        float d = PlainBlocks.putHalf(scales.unit, bytes, at);
        float m = PlainBlocks.putHalf(minima.unit, bytes, at + 2);
        for (int g = 0; g < GROUPS; g++) {
            float step = d * s[g];
            float low = m * t[g];
            for (int i = LENGTH * g; step != 0 && i < LENGTH * (g + 1); i++) {
                levels[i] = (byte) Rounding.nearest((x[i] + low) / step, 0, top());
            }
        }
        pack(levels, bytes, at);
    }

    /// The root of the mean square of a group.
    private static float typical(float[] x, int from) {
        float squares = 0;
        for (int i = from; i < from + LENGTH; i++) {
            squares += x[i] * x[i];
        }
        return (float) Math.sqrt(squares / LENGTH);
    }

    private static float largest(float[] numbers) {
        float largest = 0;
        for (float number : numbers) {
            largest = Math.max(largest, number);
        }
        return largest;
    }

    private static int[] sixBits(float[] numbers) {
        float largest = largest(numbers);
        float inverse = largest > 0 ? 63 / largest : 0;
        int[] rounded = new int[GROUPS];
        for (int g = 0; g < GROUPS; g++) {
            rounded[g] = Math.min(63, Rounding.nearest(inverse * numbers[g]) & 0xff);
        }
        return rounded;
    }

    private void pack(byte[] levels, byte[] bytes, int at) {
        for (int i = 0; i < levels.length; i++) {
            int nibble = at + nibblesAt() + (i >>> 6) * 32 + (i & 31);
            int low = levels[i] & 15;
            bytes[nibble] = (byte) ((i & 32) == 0 ? low : bytes[nibble] | low << 4);
            if (five) {
                bytes[at + 16 + (i & 31)] |= (byte) (levels[i] >>> 4 << (i >>> 5));
            }
        }
    }

    @Override
    public void decode(byte[] bytes, int at, float[] values, int to) {
        float d = PlainBlocks.halfAt(bytes, at);
        float m = PlainBlocks.halfAt(bytes, at + 2);
        for (int g = 0; g < GROUPS; g++) {
            float step = d * sixBits(g, 0, bytes, at + SCALES);
            float low = m * sixBits(g, 1, bytes, at + SCALES);
            for (int i = 0; i < LENGTH; i++) {
                int both = bytes[at + nibblesAt() + (g >>> 1) * 32 + i] & 0xff;
                int level = both >>> (4 * (g & 1)) & 15;
                if (five) {
                    level |= (bytes[at + 16 + i] >>> g & 1) << 4;
                }
                values[to + LENGTH * g + i] = step * level - low;
            }
        }
    }

    /// @param which 0 for s, 1 for t
    private static void putSixBits(int number, int g, int which, byte[] bytes, int at) {
        if (g < 4) {
            bytes[at + 4 * which + g] |= (byte) number;
        } else {
            bytes[at + 4 + g] |= (byte) ((number & 15) << (4 * which));
            bytes[at + 4 * which + g - 4] |= (byte) (number >>> 4 << 6);
        }
    }

    private static int sixBits(int g, int which, byte[] bytes, int at) {
        if (g < 4) {
            return bytes[at + 4 * which + g] & 63;
        }
        int low = bytes[at + 4 + g] >>> (4 * which) & 15;
        return low | (bytes[at + 4 * which + g - 4] & 0xff) >>> 6 << 4;
    }
}
