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
    private static final int TRIES_OF_POSITIVE = 4;
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

    /// Levels around zero, from -half to half - 1: 19 scales are tried, as without weights, the one
    /// that just fits first.
    ///
    /// @param levels gets the levels of the best, plus half, from `from` on; zeros where all values
    ///   are zero
    /// @return the scale
    float symmetric(float[] x, int from, int half, byte[] levels) {
        int length = weights.length;
        float far = Rounding.farthest(x, from, length);
        if (Math.abs(far) < Rounding.NOTHING) {
            Arrays.fill(levels, from, from + length, (byte) 0);
            return 0;
        }
        float inverse = -half / far;
        Fit best = fit(x, from, half, inverse);
        float scale = best.scale();
        float score = scale * best.xl;
        for (int step = -TRIES; step <= TRIES; step++) {
            if (step == 0) {
                continue;
            }
            float tried = -(half + 0.1f * step) / far;
            Fit fit = fit(x, from, half, tried);
            if (fit.ll > 0 && fit.xl * fit.xl > score * fit.ll) {
                inverse = tried;
                scale = fit.scale();
                score = scale * fit.xl;
            }
        }
        for (int i = from; i < from + length; i++) {
            levels[i] = (byte) (half + Rounding.nearest(inverse * x[i], -half, half - 1));
        }
        return scale;
    }

    /// Weighted sums over a group: of value times level, and of level squared.
    private record Fit(float xl, float ll) {
        float scale() {
            return ll == 0 ? 0 : xl / ll;
        }
    }

    private Fit fit(float[] x, int from, int half, float inverse) {
        float xl = 0;
        float ll = 0;
        for (int i = 0; i < weights.length; i++) {
            int level = Rounding.nearest(inverse * x[from + i], -half, half - 1);
            xl += weights[i] * x[from + i] * level;
            ll += weights[i] * level * level;
        }
        return new Fit(xl, ll);
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
        if (largest < Rounding.NOTHING) {
            Arrays.fill(levels, 0);
            return 0;
        }
        float inverse = inverseOfPositive(x, weights, top, largest);
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

    /// The best of nine scales, the one that just fits first.
    private static float inverseOfPositive(float[] x, float[] weights, int top, float largest) {
        float inverse = top / largest;
        float least = errorOfPositive(x, weights, top, inverse);
        for (int step = -TRIES_OF_POSITIVE; step <= TRIES_OF_POSITIVE; step++) {
            float tried = (0.1f * step + top) / largest;
            float error = step == 0 ? least : errorOfPositive(x, weights, top, tried);
            if (error < least) {
                least = error;
                inverse = tried;
            }
        }
        return inverse;
    }

    private static float errorOfPositive(float[] x, float[] weights, int top, float inverse) {
        float scale = 1 / inverse;
        float error = 0;
        for (int i = 0; i < x.length; i++) {
            float off = x[i] - scale * Math.min(top, Rounding.nearest(inverse * x[i]));
            error += weights[i] * off * off;
        }
        return error;
    }
}
