package dev.attune.format;

import java.util.Arrays;

/// How a group of values gets its scale where some values count more than others: by what is known
/// of the numbers that they will be multiplied with.
///
/// One for each thread; [#weights] are those of the group that comes next.
final class WeightedRounding {
    /// What to try where weights are given, for groups with a minimum.
    static final MinimumSearch.Widths WIDTHS = new MinimumSearch.Widths(-0.9f, 0.05f, 36);

    private static final int TRIES = 9;
    private static final int PASSES = 5;

    private final float[] weights;

    /// @param length of a group
    WeightedRounding(int length) {
        this.weights = new float[length];
    }

    /// How much each value of the next group counts.
    float[] weights() {
        return weights;
    }

    /// Gives values of a group the weight of their column times about their own size, as far as
    /// that is more than what is usual in the block: large values must not be lost where nothing
    /// large comes in.
    ///
    /// @param spread the mean square of the block's values, times one or two
    /// @param importance of the columns, by the place in the block
    /// @return their sum
    static float weigh(float[] x, int from, float spread, float[] importance, float[] weights) {
        float sum = 0;
        for (int i = 0; i < weights.length; i++) {
            float value = x[from + i];
            weights[i] = importance[from + i] * (float) Math.sqrt((double) spread + value * value);
            sum += weights[i];
        }
        return sum;
    }

    /// The mean square of values.
    static float meanSquare(float[] x) {
        float sum = 0;
        for (float value : x) {
            sum += value * value;
        }
        return sum / x.length;
    }

    /// Levels around zero, from -half to half - 1: 19 scales are tried, as without weights.
    ///
    /// @param levels gets the levels of the best, plus half, from `from` on
    /// @return the scale
    float symmetric(float[] x, int from, int half, byte[] levels) {
        int length = weights.length;
        float far = Rounding.farthest(x, from, length);
        if (Math.abs(far) < Rounding.NOTHING) {
            Arrays.fill(levels, from, from + length, (byte) half);
            return 0;
        }
        float inverse = -half / far;
        float scale = 1 / inverse;
        float score = Float.NEGATIVE_INFINITY;
        for (int step = -TRIES; step <= TRIES; step++) {
            float tried = -(half + 0.1f * step) / far;
            float xl = 0;
            float ll = 0;
            for (int i = 0; i < length; i++) {
                int level = Rounding.nearest(tried * x[from + i], -half, half - 1);
                xl += weights[i] * x[from + i] * level;
                ll += weights[i] * level * level;
            }
            if (ll > 0 && xl * xl / ll > score) {
                score = xl * xl / ll;
                scale = xl / ll;
                inverse = tried;
            }
        }
        for (int i = from; i < from + length; i++) {
            levels[i] = (byte) (half + Rounding.nearest(inverse * x[i], -half, half - 1));
        }
        return scale;
    }

    /// Levels from 0 to `top` of values that are not negative, each with its weight: the best of
    /// nine scales, then one level moved at a time while that helps.
    ///
    /// @param levels gets the levels
    /// @return the scale
    static float positive(float[] x, float[] weights, int top, int[] levels) {
        float largest = 0;
        for (float value : x) {
            largest = Math.max(largest, value);
        }
        if (largest == 0) {
            Arrays.fill(levels, 0);
            return 0;
        }
        float inverse = top / largest;
        float best = Float.POSITIVE_INFINITY;
        for (int step = -4; step <= 4; step++) {
            float tried = (top + 0.1f * step) / largest;
            float error = 0;
            for (int i = 0; i < x.length; i++) {
                float off = x[i] - Math.min(top, Rounding.nearest(tried * x[i])) / tried;
                error += weights[i] * off * off;
            }
            if (error < best) {
                best = error;
                inverse = tried;
            }
        }
        float xl = 0;
        float ll = 0;
        for (int i = 0; i < x.length; i++) {
            levels[i] = Math.min(top, Rounding.nearest(inverse * x[i]));
            xl += weights[i] * x[i] * levels[i];
            ll += weights[i] * levels[i] * levels[i];
        }
        for (int pass = 0; pass < PASSES; pass++) {
            boolean moved = false;
            for (int i = 0; i < x.length; i++) {
                float otherXl = xl - weights[i] * x[i] * levels[i];
                float otherLl = ll - weights[i] * levels[i] * levels[i];
                if (otherXl <= 0 || otherLl <= 0) {
                    continue;
                }
                int level = Math.min(top, Rounding.nearest(x[i] * otherLl / otherXl));
                float newXl = otherXl + weights[i] * x[i] * level;
                float newLl = otherLl + weights[i] * level * level;
                if (level != levels[i] && newXl * newXl * ll > xl * xl * newLl) {
                    levels[i] = level;
                    xl = newXl;
                    ll = newLl;
                    moved = true;
                }
            }
            if (!moved) {
                break;
            }
        }
        return ll > 0 ? xl / ll : largest / top;
    }
}
