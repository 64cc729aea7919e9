package dev.attune.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The range that an axis shows, straight or by powers of ten.
///
/// @param low the least value shown
/// @param high the greatest value shown
/// @param isLogarithmic whether equal factors are equally far apart; `low` is then above 0
record ReportAxis(double low, double high, boolean isLogarithmic) {
    private static final double SPREAD = 50;

    /// An axis for steps, from the first to the last.
    static ReportAxis steps(long first, long last) {
        return new ReportAxis(first, last > first ? last : first + 1.0, false);
    }

    /// An axis that holds all of `values`. It goes by powers of ten where the greatest is far above
    /// the usual, as before a divergence; else it begins at 0 where that is near.
    static ReportAxis around(double[] values) {
        double[] sorted = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
        if (sorted.length == 0) {
            return new ReportAxis(0, 1, false);
        }
        double low = sorted[0];
        double high = sorted[sorted.length - 1];
        if (low > 0 && high > SPREAD * sorted[sorted.length / 2]) {
            return new ReportAxis(low / 1.2, high * 1.2, true);
        }
        double room = high > low ? 0.06 * (high - low) : Math.max(Math.abs(high), 1e-12) * 0.5;
        double bottom = low >= 0 && low < 0.4 * high ? 0 : low - room;
        return new ReportAxis(bottom, high + room, false);
    }

    /// Where a value lies, 0 at the low end and 1 at the high one.
    double place(double value) {
        return isLogarithmic
                ? Math.log(value / low) / Math.log(high / low)
                : (value - low) / (high - low);
    }

    /// About `count` round values within the axis.
    List<Double> ticks(int count) {
        return isLogarithmic ? powers(count) : multiples(count, 0);
    }

    /// About `count` whole values within the axis.
    List<Double> wholeTicks(int count) {
        return multiples(count, 1);
    }

    private List<Double> multiples(int count, double least) {
        double raw = (high - low) / count;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double unit = raw / power;
        double size = Math.max(least, (unit > 5 ? 10 : unit > 2 ? 5 : unit > 1 ? 2 : 1) * power);
        var ticks = new ArrayList<Double>();
        for (double i = Math.ceil(low / size - 1e-9); i * size <= high + 1e-9 * size; i++) {
            ticks.add(i * size);
        }
        return ticks;
    }

    private List<Double> powers(int count) {
        int first = (int) Math.ceil(Math.log10(low));
        int last = (int) Math.floor(Math.log10(high));
        int stride = Math.max(1, (last - first) / count + ((last - first) % count > 0 ? 1 : 0));
        if (last - first < 1) {
            return new ReportAxis(low, high, false).ticks(count);
        }
        var ticks = new ArrayList<Double>();
        for (int power = first; power <= last; power += stride) {
            ticks.add(Math.pow(10, power));
        }
        return ticks;
    }
}
