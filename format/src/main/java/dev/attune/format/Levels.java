package dev.attune.format;

/// The even steps that 32 values are rounded to.
///
/// With a minimum, they run from the smallest value to the largest. Without, the middle step is
/// zero, and the value that is largest without its sign lies on the lowest step, be it at either
/// end.
///
/// @param count how many steps
/// @param minimum whether the lowest is stored
/// @param d from one to the next
/// @param m the lowest, where it is stored
/// @param inverse 1/d, or 0
record Levels(int count, boolean minimum, float d, float m, float inverse) {
    private static final int LENGTH = 32;

    static Levels of(float[] values, int from, boolean minimum, int count) {
        int middle = count / 2;
        float low = values[from];
        float high = values[from];
        float far = 0;
        for (int i = 0; i < LENGTH; i++) {
            float x = values[from + i];
            low = Math.min(low, x);
            high = Math.max(high, x);
            far = Math.abs(x) > Math.abs(far) ? x : far;
        }
        float d = minimum ? (high - low) / (count - 1) : -far / middle;
        return new Levels(count, minimum, d, minimum ? low : 0, d == 0 ? 0 : 1 / d);
    }

    /// The steps that suit values best which do not all count the same.
    static Levels weighted(float[] x, float[] importance, boolean minimum, int count) {
        byte[] rounded = new byte[LENGTH];
        float spread = WeightedRounding.meanSquare(x);
        float d;
        float m = 0;
        if (minimum) {
            MinimumSearch search =
                    new MinimumSearch(LENGTH, count - 1, WeightedRounding.WIDTHS, false);
            WeightedRounding.weigh(x, 0, spread, importance, search.weights());
            d = search.scale(x, 0, rounded);
            m = -search.minimum();
        } else {
            WeightedRounding rounding = new WeightedRounding(LENGTH);
            WeightedRounding.weigh(x, 0, spread, importance, rounding.weights());
            d = rounding.symmetric(x, 0, count / 2, rounded);
        }
        return new Levels(count, minimum, d, m, d == 0 ? 0 : 1 / d);
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

    /// The step nearest to a value.
    int level(float x) {
        int middle = count / 2;
        float steps = minimum ? (x - m) * inverse + 0.5f : x * inverse + (middle + 0.5f);
        return Math.clamp((int) steps, 0, count - 1);
    }
}
