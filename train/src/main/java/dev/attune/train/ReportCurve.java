package dev.attune.train;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// Values over steps, in order of the steps. Values that are no numbers are gaps.
final class ReportCurve {
    private final long[] steps;
    private final double[] values;

    private ReportCurve(long[] steps, double[] values) {
        this.steps = steps;
        this.values = values;
    }

    static <T> ReportCurve of(List<T> items, ToLongFunction<T> step, ToDoubleFunction<T> value) {
        return new ReportCurve(
                items.stream().mapToLong(step).toArray(),
                items.stream().mapToDouble(value).toArray());
    }

    int size() {
        return steps.length;
    }

    long step(int i) {
        return steps[i];
    }

    double value(int i) {
        return values[i];
    }

    /// The exponential mean of the values, started without bias; it forgets over a fiftieth of the
    /// curve. Gaps are passed over.
    ReportCurve smoothed() {
        double keep = 1 - 1.0 / Math.max(5, steps.length / 50.0);
        double[] means = new double[values.length];
        double sum = 0;
        double weight = 0;
        for (int i = 0; i < values.length; i++) {
            if (Double.isFinite(values[i])) {
                sum = keep * sum + (1 - keep) * values[i];
                weight = keep * weight + (1 - keep);
            }
            means[i] = weight == 0 ? Double.NaN : sum / weight;
        }
        return new ReportCurve(steps, means);
    }

    /// At most `2 * buckets` points that look like the curve: the lowest and the highest of each
    /// stretch, so that no spike is lost. A gap within a stretch is passed over.
    ReportCurve thinned(int buckets) {
        if (steps.length <= 2 * buckets) {
            return this;
        }
        int[] chosen = new int[2 * buckets];
        int count = 0;
        for (int bucket = 0; bucket < buckets; bucket++) {
            int from = Math.toIntExact((long) steps.length * bucket / buckets);
            int to = Math.toIntExact((long) steps.length * (bucket + 1) / buckets);
            int low = from;
            int high = from;
            for (int i = from; i < to; i++) {
                low = isLower(values[i], values[low]) ? i : low;
                high = isLower(values[high], values[i]) ? i : high;
            }
            chosen[count++] = Math.min(low, high);
            if (low != high) {
                chosen[count++] = Math.max(low, high);
            }
        }
        long[] thinSteps = new long[count];
        double[] thinValues = new double[count];
        for (int i = 0; i < count; i++) {
            thinSteps[i] = steps[chosen[i]];
            thinValues[i] = values[chosen[i]];
        }
        return new ReportCurve(thinSteps, thinValues);
    }

    /// Whether `a` is below `b`, or `b` is a gap that `a` can fill.
    private static boolean isLower(double a, double b) {
        return Double.isFinite(a) && (!Double.isFinite(b) || a < b);
    }
}
