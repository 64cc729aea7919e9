package dev.attune.data;

/// The order in which an epoch visits the rows, from a seed; the same on every machine and JVM.
///
/// The algorithm is part of the contract, for a resumed run must go on as it began. A 64-bit
/// counter stream `draw(k) = mix(key + k * 0x9E3779B97F4A7C15)`, with the finaliser `mix` of
/// MurmurHash3 in David Stafford's variant 13 and `key = mix(mix(seed) + epoch)`, feeds the shuffle
/// of Fisher and Yates from the last row down: row `i` is swapped with row `high64(draw(i) * (i +
/// 1))`, both taken as unsigned. The bias is below 2^-32.
///
/// Immutable, for any thread.
public final class EpochOrder {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final String key;
    private final boolean shuffled;
    private final long seed;

    private EpochOrder(String key, boolean shuffled, long seed) {
        this.key = key;
        this.shuffled = shuffled;
        this.seed = seed;
    }

    /// A new order in each epoch.
    public static EpochOrder shuffled(long seed) {
        return new EpochOrder("shuffled-v1 seed " + seed, true, seed);
    }

    /// The order of the data, in each epoch.
    public static EpochOrder inOrder() {
        return new EpochOrder("in order", false, 0);
    }

    /// What decides the order, for a [Cursor]: `shuffled-v1 seed 42`.
    public String key() {
        return key;
    }

    /// The rows of epoch `epoch` (from 0) in the order of their visit: each of 0 to `rows` - 1
    /// once.
    public int[] rows(long epoch, int rows) {
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            order[i] = i;
        }
        if (shuffled) {
            long stream = mix(mix(seed) + epoch);
            for (int i = rows - 1; i > 0; i--) {
                int j = (int) Math.unsignedMultiplyHigh(mix(stream + i * GOLDEN), i + 1);
                int row = order[i];
                order[i] = order[j];
                order[j] = row;
            }
        }
        return order;
    }

    static long mix(long z) {
        long y = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long x = (y ^ (y >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}
