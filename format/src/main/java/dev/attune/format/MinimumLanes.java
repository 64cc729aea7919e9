package dev.attune.format;

import dev.attune.format.MinimumSearch.Widths;

import java.util.Arrays;

/// What [MinimumSearch] does, for many groups side by side, to the same bits.
///
/// The sums of one group must be added in their order, one after the other; those of several groups
/// do not wait for each other. So a lane of the processor is a group here, and number j of all
/// groups lies together:
///
/// ```
/// values[j] = number j of group 0, of group 1, ..., of group 255
/// ```
///
/// Rounding is that of [Rounding#nearest] in operations that the compiler spreads over lanes, which
/// is the same as long as nothing is larger than 2^22. The few groups where something could be,
/// those with a NaN or almost no span, are to be searched alone ([#odd]).
///
/// One for each thread; holds what was found for the groups that were searched last.
final class MinimumLanes {
    /// How many groups are searched at once.
    static final int LANES = 256;

    private static final float ROOM = 4_000_000f;

    private final int length;
    private final int top;
    private final Widths widths;
    private final float[][] values;
    private final float[][] weights;
    private final float[][] tried;
    private final float[] least = new float[LANES];
    private final float[] most = new float[LANES];
    private final float[] weight = new float[LANES];
    private final float[] weighted = new float[LANES];
    private final float[] inverse = new float[LANES];
    private final float[] low = new float[LANES];
    private final float[] l = new float[LANES];
    private final float[] ll = new float[LANES];
    private final float[] xl = new float[LANES];
    private final float[] triedScale = new float[LANES];
    private final float[] triedLow = new float[LANES];
    private final float[] error = new float[LANES];
    private final float[] newError = new float[LANES];
    private final float[] scale = new float[LANES];
    private final float[] roundedInverse = new float[LANES];
    private final float[] roundedLow = new float[LANES];
    private final boolean[] odd = new boolean[LANES];

    /// @param length of a group
    /// @param top the highest level
    MinimumLanes(int length, int top, Widths widths) {
        this.length = length;
        this.top = top;
        this.widths = widths;
        this.values = new float[length][LANES];
        this.weights = new float[length][LANES];
        this.tried = new float[length][LANES];
    }

    /// The values to search, by their number in the group, then by group.
    float[][] values() {
        return values;
    }

    /// How much each value counts, in the same places.
    float[][] weights() {
        return weights;
    }

    /// Whether nothing was found for one of the groups from `first` on, which are to be searched
    /// alone.
    boolean odd(int first, int count) {
        boolean any = false;
        for (int g = first; g < first + count; g++) {
            any |= odd[g];
        }
        return any;
    }

    /// The scale of a group.
    float scale(int group) {
        return scale[group];
    }

    /// The minimum of a group: what is to be subtracted.
    float minimum(int group) {
        return -low[group];
    }

    /// The level of a value.
    byte level(int group, int j) {
        float steps = roundedInverse[group] * (values[j][group] - roundedLow[group]);
        return (byte) Math.clamp(Rounding.nearestOfSmall(steps), 0, top);
    }

    /// Searches all groups.
    void search() {
        Arrays.fill(odd, false);
        span();
        for (int g = 0; g < LANES; g++) {
            low[g] = Math.min(least[g], 0);
            float span = most[g] - low[g];
            inverse[g] = top / span;
            scale[g] = 1 / inverse[g];
            triedScale[g] = scale[g];
            triedLow[g] = low[g];
            note(g);
            roundedInverse[g] = inverse[g];
            roundedLow[g] = low[g];
        }
        roundAll();
        measureAll();
        System.arraycopy(newError, 0, error, 0, LANES);
        for (int i = 0; i <= widths.count(); i++) {
            float width = widths.from() + widths.step() * i + top;
            for (int g = 0; g < LANES; g++) {
                inverse[g] = width / (most[g] - low[g]);
                note(g);
            }
            roundAll();
            solve();
            measureAll();
            keep();
        }
    }

    /// Marks a group whose steps could be too many to be rounded.
    private void note(int g) {
        float far = Math.abs(most[g] - low[g]) + Math.abs(least[g] - low[g]);
        odd[g] |= !(Math.abs(inverse[g]) * far < ROOM);
    }

    private void span() {
        System.arraycopy(values[0], 0, least, 0, LANES);
        System.arraycopy(values[0], 0, most, 0, LANES);
        Arrays.fill(weight, 0);
        Arrays.fill(weighted, 0);
        for (int j = 0; j < length; j++) {
            add(values[j], weights[j], weight, weighted);
            extend(values[j], least, most);
        }
    }

    private static void add(float[] x, float[] w, float[] weight, float[] weighted) {
        for (int g = 0; g < LANES; g++) {
            weight[g] += w[g];
            weighted[g] += w[g] * x[g];
        }
    }

    private static void extend(float[] x, float[] least, float[] most) {
        for (int g = 0; g < LANES; g++) {
            least[g] = Math.min(least[g], x[g]);
            most[g] = Math.max(most[g], x[g]);
        }
    }

    private void roundAll() {
        Arrays.fill(l, 0);
        Arrays.fill(ll, 0);
        Arrays.fill(xl, 0);
        for (int j = 0; j < length; j++) {
            round(values[j], inverse, low, top, tried[j]);
            sum(tried[j], weights[j], values[j], l, ll, xl);
        }
    }

    private static void round(float[] x, float[] inverse, float[] low, int top, float[] levels) {
        for (int g = 0; g < LANES; g++) {
            int steps = Rounding.nearestOfSmall(inverse[g] * (x[g] - low[g]));
            levels[g] = Math.max(0, Math.min(top, steps));
        }
    }

    private static void sum(
            float[] levels, float[] w, float[] x, float[] l, float[] ll, float[] xl) {
        for (int g = 0; g < LANES; g++) {
            float counted = w[g] * levels[g];
            l[g] += counted;
            ll[g] += counted * levels[g];
            xl[g] += counted * x[g];
        }
    }

    /// The scale and minimum that suit the levels best.
    private void solve() {
        for (int g = 0; g < LANES; g++) {
            float determinant = weight[g] * ll[g] - l[g] * l[g];
            float newScale = (weight[g] * xl[g] - weighted[g] * l[g]) / determinant;
            float newLow = (ll[g] * weighted[g] - l[g] * xl[g]) / determinant;
            if (newLow > 0) {
                newLow = 0;
                newScale = xl[g] / ll[g];
            }
            // An error that is NaN is never the least, so that this one is not kept.
            triedScale[g] = determinant <= 0 ? Float.NaN : newScale;
            triedLow[g] = newLow;
        }
    }

    private void measureAll() {
        Arrays.fill(newError, 0);
        for (int j = 0; j < length; j++) {
            measure(tried[j], values[j], weights[j], newError);
        }
    }

    private void measure(float[] levels, float[] x, float[] w, float[] errors) {
        float[] scales = triedScale;
        float[] lows = triedLow;
        for (int g = 0; g < LANES; g++) {
            float off = scales[g] * levels[g] + lows[g] - x[g];
            errors[g] += w[g] * (off * off);
        }
    }

    private void keep() {
        for (int g = 0; g < LANES; g++) {
            if (newError[g] < error[g]) {
                error[g] = newError[g];
                scale[g] = triedScale[g];
                roundedInverse[g] = inverse[g];
                roundedLow[g] = low[g];
                low[g] = triedLow[g];
            }
        }
    }
}
