package dev.attune.format;

import java.util.Arrays;

/// How a group of values gets its scale: tries several, and keeps the one whose rounded values are
/// nearest by weighted least squares. A rounded value is called a level here.
final class Rounding {
    /// Groups whose values are all smaller than this become zeros.
    static final float NOTHING = 1e-15f;

    private static final float MAGIC = 12_582_912f;

    private Rounding() {}

    /// The nearest integer, ties to even, for what is below 2^22 in size: adding 1.5·2^23 leaves no
    /// room for a fraction.
    static int nearest(float x) {
        return (Float.floatToRawIntBits(x + MAGIC) & 0x7fffff) - 0x400000;
    }

    /// The same in operations that the compiler can do for many values at once; larger values come
    /// out otherwise than of [#nearest(float)].
    static int nearestOfSmall(float x) {
        return (int) (x + MAGIC - MAGIC);
    }

    static int nearest(float x, int low, int high) {
        return Math.max(low, Math.min(high, nearest(x)));
    }

    /// The largest distance from zero; NaN if there is one. The bits of floats without a sign are
    /// ordered as their values are, and whole numbers compare faster.
    static float largest(float[] values, int from, int length) {
        int largest = 0;
        for (int i = from; i < from + length; i++) {
            largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & 0x7fffffff);
        }
        return Float.intBitsToFloat(largest);
    }

    /// The value that is farthest from zero, the first of equals.
    static float farthest(float[] values, int from, int length) {
        float size = largest(values, from, length);
        if (size == 0) {
            return 0;
        }
        for (int i = from; i < from + length; i++) {
            if (Math.abs(values[i]) == size) {
                return values[i];
            }
        }
        return farthestNumber(values, from, length);
    }

    /// The same where some values are no numbers.
    private static float farthestNumber(float[] values, int from, int length) {
        float far = 0;
        for (int i = from; i < from + length; i++) {
            far = Math.abs(values[i]) > Math.abs(far) ? values[i] : far;
        }
        return far;
    }

    /// Levels around zero, from -half to half - 1: 19 scales about the one that just fits are
    /// tried.
    ///
    /// @param levels gets the levels of the best scale, plus half, from `from` on
    /// @return the scale
    static float symmetric(float[] values, int from, int length, int half, byte[] levels) {
        float far = farthest(values, from, length);
        if (Math.abs(far) < NOTHING) {
            Arrays.fill(levels, from, from + length, (byte) 0);
            return 0;
        }
        float inverse = -half / far;
        Fit best = Fit.of(values, from, length, half, inverse);
        float scale = best.scale();
        float score = scale * best.xl;
        for (int step = -9; step <= 9; step++) {
            if (step == 0) {
                continue;
            }
            float tried = -(half + 0.1f * step) / far;
            Fit fit = Fit.of(values, from, length, half, tried);
            if (fit.ll > 0 && fit.xl * fit.xl > score * fit.ll) {
                inverse = tried;
                scale = fit.scale();
                score = scale * fit.xl;
            }
        }
        for (int i = from; i < from + length; i++) {
            levels[i] = (byte) (half + nearest(inverse * values[i], -half, half - 1));
        }
        return scale;
    }

    /// Sums over a group, each value weighted with its square: of value times level, and of level
    /// squared.
    private record Fit(float xl, float ll) {
        static Fit of(float[] values, int from, int length, int half, float inverse) {
            float xl = 0;
            float ll = 0;
            for (int i = from; i < from + length; i++) {
                float x = values[i];
                int level = nearest(inverse * x, -half, half - 1);
                float w = x * x;
                xl += w * x * level;
                ll += w * level * level;
            }
            return new Fit(xl, ll);
        }

        float scale() {
            return ll == 0 ? 0 : xl / ll;
        }
    }

    /// Levels around zero as [#symmetric], found by moving one level at a time while that helps, up
    /// to five times through the group.
    static float oneByOne(float[] values, int from, int length, int half, byte[] levels) {
        float far = farthest(values, from, length);
        if (Math.abs(far) < NOTHING) {
            Arrays.fill(levels, from, from + length, (byte) 0);
            return 0;
        }
        float inverse = -half / far;
        Fit fit = Fit.of(values, from, length, half, inverse);
        for (int i = from; i < from + length; i++) {
            levels[i] = (byte) nearest(inverse * values[i], -half, half - 1);
        }
        for (int pass = 0; pass < 5; pass++) {
            Fit before = fit;
            for (int i = from; i < from + length; i++) {
                fit = moved(fit, values[i], i, half, levels);
            }
            if (fit.equals(before)) {
                break;
            }
        }
        for (int i = from; i < from + length; i++) {
            levels[i] = (byte) (levels[i] + half);
        }
        return fit.scale();
    }

    /// Gives one value the level that suits the others' scale, if the whole gains.
    private static Fit moved(Fit fit, float x, int i, int half, byte[] levels) {
        float w = x * x;
        float xl = fit.xl - w * x * levels[i];
        if (xl <= 0) {
            return fit;
        }
        float ll = fit.ll - w * levels[i] * levels[i];
        int level = nearest(x * ll / xl, -half, half - 1);
        if (level == levels[i]) {
            return fit;
        }
        xl += w * x * level;
        ll += w * level * level;
        if (ll > 0 && xl * xl * fit.ll > fit.xl * fit.xl * ll) {
            levels[i] = (byte) level;
            return new Fit(xl, ll);
        }
        return fit;
    }
}
