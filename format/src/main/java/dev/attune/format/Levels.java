package dev.attune.format;

/// The even steps that 32 values are rounded to, and the step of each.
///
/// With a minimum, they run from the smallest value to the largest. Without, the middle step is
/// zero, and the value that is largest without its sign lies on the lowest step, be it at either
/// end. Where values do not all count the same, both ends may lie elsewhere.
final class Levels {
    private static final int LENGTH = 32;

    private final boolean minimum;
    private final float d;
    private final float m;
    private final byte[] levels;

    private Levels(boolean minimum, float d, float m, byte[] levels) {
        this.minimum = minimum;
        this.d = d;
        this.m = m;
        this.levels = levels;
    }

    /// @param minimum whether the lowest step is stored
    /// @param count how many steps there are
    static Levels of(float[] values, int from, boolean minimum, int count) {
        return minimum ? ofSpan(values, from, count) : ofFarthest(values, from, count);
    }

    private static Levels ofSpan(float[] values, int from, int count) {
        float low = values[from];
        float high = values[from];
        for (int i = from; i < from + LENGTH; i++) {
            low = Math.min(low, values[i]);
            high = Math.max(high, values[i]);
        }
        float d = (high - low) / (count - 1);
        float inverse = d == 0 ? 0 : 1 / d;
        byte[] levels = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            int steps = (int) ((values[from + i] - low) * inverse + 0.5f);
            levels[i] = (byte) Math.max(0, Math.min(count - 1, steps));
        }
        return new Levels(true, d, low, levels);
    }

    private static Levels ofFarthest(float[] values, int from, int count) {
        int middle = count / 2;
        float d = -Rounding.farthest(values, from, LENGTH) / middle;
        float inverse = d == 0 ? 0 : 1 / d;
        byte[] levels = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            int steps = (int) (values[from + i] * inverse + (middle + 0.5f));
            levels[i] = (byte) Math.max(0, Math.min(count - 1, steps));
        }
        return new Levels(false, d, 0, levels);
    }

    /// The steps that suit values best which do not all count the same.
    static Levels weighted(float[] x, Importance importance, boolean minimum, int count) {
        byte[] levels = new byte[LENGTH];
        float spread = importance.rowMeanSquare();
        if (minimum) {
            MinimumSearch search =
                    new MinimumSearch(LENGTH, count - 1, WeightedRounding.WIDTHS, false);
            importance.weigh(x, 0, spread, search.weights());
            float d = search.scale(x, 0, levels);
            return new Levels(true, d, -search.minimum(), levels);
        }
        WeightedRounding rounding = new WeightedRounding(LENGTH);
        importance.weigh(x, 0, spread, rounding.weights());
        float d = rounding.symmetric(x, 0, count / 2, levels);
        return new Levels(false, d, 0, levels);
    }

    int headBytes() {
        return minimum ? 4 : 2;
    }

    void put(byte[] bytes, int at) {
        PlainBlocks.putHalf(d, bytes, at);
        if (minimum) {
            PlainBlocks.putHalf(m, bytes, at + 2);
        }
    }

    /// The step of a value.
    int level(int i) {
        return levels[i];
    }
}
