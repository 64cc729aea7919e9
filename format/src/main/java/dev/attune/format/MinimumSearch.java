package dev.attune.format;

import java.util.Arrays;

/// Finds scale and minimum of a group, `x = scale·level - minimum` with levels from 0 to `top`.
///
/// It begins with the steps that span the group. Then, for some widths about those, it rounds,
/// solves for the scale and minimum that suit those levels best by weighted least squares, and
/// keeps what comes nearest. Minima are never negative: a group of positive values counts from
/// zero.
///
/// One for each thread; holds the levels of the group that was searched last.
final class MinimumSearch {
    private final int length;
    private final int top;
    private final Widths widths;
    private final boolean absolute;
    private final float[] weights;
    private final byte[] tried;
    private float minimum;

    /// The widths that are tried: `top + from + i·step` steps across the group for i from 0 to
    /// count.
    record Widths(float from, float step, int count) {}

    /// @param length of a group
    /// @param top the highest level
    /// @param absolute whether the distance of a value counts, rather than its square
    MinimumSearch(int length, int top, Widths widths, boolean absolute) {
        this.length = length;
        this.top = top;
        this.widths = widths;
        this.absolute = absolute;
        this.weights = new float[length];
        this.tried = new byte[length];
    }

    /// How much each value of the next group counts: set them before the search.
    float[] weights() {
        return weights;
    }

    /// The minimum of the group that was searched last: what is to be subtracted.
    float minimum() {
        return minimum;
    }

    /// Searches a group.
    ///
    /// @param levels gets the levels of the best, from `from` on
    /// @return the scale
    float scale(float[] values, int from, byte[] levels) {
        float low = values[from];
        float high = values[from];
        float weight = weights[0];
        float weighted = weight * values[from];
        for (int i = 1; i < length; i++) {
            float x = values[from + i];
            low = Math.min(low, x);
            high = Math.max(high, x);
            weight += weights[i];
            weighted += weights[i] * x;
        }
        low = Math.min(low, 0);
        minimum = -low;
        if (high == low) {
            Arrays.fill(levels, from, from + length, (byte) 0);
            return 0;
        }
        float span = high - low;
        float scale = 1 / (top / span);
        round(values, from, top / span, low);
        float error = error(values, from, scale, low);
        keep(levels, from);
        for (int i = 0; i <= widths.count; i++) {
            float inverse = (widths.from + widths.step * i + top) / (high - low);
            round(values, from, inverse, low);
            float l = 0;
            float ll = 0;
            float xl = 0;
            for (int j = 0; j < length; j++) {
                int level = tried[j];
                float w = weights[j];
                l += w * level;
                ll += w * level * level;
                xl += w * level * values[from + j];
            }
            float determinant = weight * ll - l * l;
            if (determinant <= 0) {
                continue;
            }
            float newScale = (weight * xl - weighted * l) / determinant;
            float newLow = (ll * weighted - l * xl) / determinant;
            if (newLow > 0) {
                newLow = 0;
                newScale = xl / ll;
            }
            float newError = error(values, from, newScale, newLow);
            if (newError < error) {
                error = newError;
                scale = newScale;
                low = newLow;
                minimum = -newLow;
                keep(levels, from);
            }
        }
        return scale;
    }

    private void round(float[] values, int from, float inverse, float low) {
        for (int i = 0; i < length; i++) {
            tried[i] = (byte) Rounding.nearest(inverse * (values[from + i] - low), 0, top);
        }
    }

    private float error(float[] values, int from, float scale, float low) {
        float error = 0;
        for (int i = 0; i < length; i++) {
            float off = scale * tried[i] + low - values[from + i];
            error += weights[i] * (absolute ? Math.abs(off) : off * off);
        }
        return error;
    }

    private void keep(byte[] levels, int from) {
        System.arraycopy(tried, 0, levels, from, length);
    }
}
