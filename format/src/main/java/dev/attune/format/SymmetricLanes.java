package dev.attune.format;

import java.util.Arrays;

/// What [Rounding#symmetric] does, for many groups side by side, to the same bits: a lane of the
/// processor is a group, and lies in memory as in [MinimumLanes].
///
/// One for each thread; holds the scales of the groups that were searched last.
final class SymmetricLanes {
    /// How many groups are searched at once.
    static final int LANES = 256;

    private static final int TRIES = 9;

    private final int length;
    private final int half;
    private final float[][] values;
    private final float[][] weighted;
    private final float[][] weights;
    private final float[] far = new float[LANES];
    private final float[] levels = new float[LANES];
    private final float[] inverse = new float[LANES];
    private final float[] best = new float[LANES];
    private final float[] xl = new float[LANES];
    private final float[] ll = new float[LANES];
    private final float[] scale = new float[LANES];
    private final float[] score = new float[LANES];

    /// @param length of a group
    /// @param half levels go from -half to half - 1
    SymmetricLanes(int length, int half) {
        this.length = length;
        this.half = half;
        this.values = new float[length][LANES];
        this.weighted = new float[length][LANES];
        this.weights = new float[length][LANES];
    }

    /// The scale of a group.
    float scale(int group) {
        return scale[group];
    }

    /// The level of a value of a group, plus half.
    byte level(int group, float x) {
        int level = Rounding.nearestOfSmall(best[group] * x);
        return (byte) (half + Math.clamp(level, -half, half - 1));
    }

    /// Whether nothing was found for one of the groups from `first` on, which are to be searched
    /// alone: it has almost nothing but zeros, or a value that is no number.
    boolean odd(int first, int count) {
        boolean any = false;
        for (int g = first; g < first + count; g++) {
            float size = Math.abs(far[g]);
            any |= !(size >= Rounding.NOTHING && size <= Float.MAX_VALUE);
        }
        return any;
    }

    /// Searches as many groups as there are lanes.
    ///
    /// @param x the groups, one after the other, from `from` on
    void search(float[] x, int from) {
        for (int g = 0; g < LANES; g++) {
            fill(x, from + length * g, g);
            inverse[g] = -half / far[g];
            best[g] = inverse[g];
        }
        fit();
        for (int g = 0; g < LANES; g++) {
            scale[g] = ll[g] == 0 ? 0 : xl[g] / ll[g];
            score[g] = scale[g] * xl[g];
        }
        for (int step = -TRIES; step <= TRIES; step++) {
            if (step != 0) {
                attempt(-(half + 0.1f * step));
            }
        }
    }

    private void fill(float[] x, int start, int g) {
        float farthest = 0;
        boolean known = true;
        for (int j = 0; j < length; j++) {
            float value = x[start + j];
            float weight = value * value;
            values[j][g] = value;
            weights[j][g] = weight;
            weighted[j][g] = weight * value;
            farthest = Math.abs(value) > Math.abs(farthest) ? value : farthest;
            known &= !Float.isNaN(value);
        }
        far[g] = known ? farthest : Float.NaN;
    }

    private void attempt(float steps) {
        for (int g = 0; g < LANES; g++) {
            inverse[g] = steps / far[g];
        }
        fit();
        for (int g = 0; g < LANES; g++) {
            if (ll[g] > 0 && xl[g] * xl[g] > score[g] * ll[g]) {
                best[g] = inverse[g];
                scale[g] = xl[g] / ll[g];
                score[g] = scale[g] * xl[g];
            }
        }
    }

    private void fit() {
        Arrays.fill(xl, 0);
        Arrays.fill(ll, 0);
        for (int j = 0; j < length; j++) {
            round(values[j], inverse, half, levels);
            sum(levels, weights[j], weighted[j], xl, ll);
        }
    }

    private static void round(float[] x, float[] inverse, int half, float[] levels) {
        for (int g = 0; g < LANES; g++) {
            int level = Rounding.nearestOfSmall(inverse[g] * x[g]);
            levels[g] = Math.max(-half, Math.min(half - 1, level));
        }
    }

    private static void sum(float[] levels, float[] w, float[] wx, float[] xl, float[] ll) {
        for (int g = 0; g < LANES; g++) {
            xl[g] += wx[g] * levels[g];
            ll[g] += w[g] * levels[g] * levels[g];
        }
    }
}
