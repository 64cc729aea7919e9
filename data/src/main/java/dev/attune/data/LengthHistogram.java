package dev.attune.data;

import java.util.ArrayList;
import java.util.List;

/// Counts lengths in buckets that grow by an eighth, so that any number of them takes 2 KB: exact
/// below 16, within 7 % above.
public final class LengthHistogram {
    private static final int SUB = 8;
    private static final int BUCKETS = SUB * 32;

    private final long[] counts = new long[BUCKETS];
    private long count;
    private long sum;
    private long max;
    private long min = Long.MAX_VALUE;

    /// A bucket that is not empty: lengths of `from` to `to`, both inclusive.
    public record Bucket(long from, long to, long count) {}

    /// Counts a length.
    public void add(long length) {
        counts[bucket(length)]++;
        count++;
        sum += length;
        max = Math.max(max, length);
        min = Math.min(min, length);
    }

    /// How many lengths there are.
    public long count() {
        return count;
    }

    /// Their sum.
    public long sum() {
        return sum;
    }

    /// The longest, or 0.
    public long max() {
        return max;
    }

    /// The shortest, or 0.
    public long min() {
        return count == 0 ? 0 : min;
    }

    /// The length below which `share` of all lie, or 0.
    public long quantile(double share) {
        long wanted = (long) Math.ceil(share * (double) count);
        long below = 0;
        for (int i = 0; i < BUCKETS; i++) {
            below += counts[i];
            if (below >= wanted && below > 0) {
                return Math.clamp((low(i) + low(i + 1) - 1) / 2, min(), max);
            }
        }
        return max;
    }

    /// The buckets that hold something, in order.
    public List<Bucket> buckets() {
        List<Bucket> buckets = new ArrayList<>();
        for (int i = 0; i < BUCKETS; i++) {
            if (counts[i] > 0) {
                buckets.add(new Bucket(low(i), low(i + 1) - 1, counts[i]));
            }
        }
        return buckets;
    }

    private static int bucket(long length) {
        if (length < 2 * SUB) {
            return (int) Math.max(0, length);
        }
        int top = 63 - Long.numberOfLeadingZeros(length);
        int index = (top - 2) * SUB + (int) ((length >>> (top - 3)) & (SUB - 1));
        return Math.min(BUCKETS - 1, index);
    }

    /// The least length of a bucket.
    private static long low(int bucket) {
        if (bucket < 2 * SUB) {
            return bucket;
        }
        int top = bucket / SUB + 2;
        return (1L << top) + ((long) (bucket % SUB) << (top - 3));
    }
}
