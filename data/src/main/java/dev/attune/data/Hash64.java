package dev.attune.data;

/// 64-bit hashes of texts: the same on every machine, good enough that two of ten million texts
/// share one with a probability of one in 300,000. Not for secrets.
final class Hash64 {
    private static final long PRIME = 0x9E3779B97F4A7C15L;

    private Hash64() {}

    static long of(CharSequence text) {
        long hash = text.length() * PRIME;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
            hash ^= hash >>> 29;
        }
        return mixed(hash);
    }

    /// Two hashes as one; their order counts.
    static long of(long first, long second) {
        return mixed(first * PRIME + Long.rotateLeft(second, 31) + 0x632BE59BD9B4E019L);
    }

    static long mixed(long value) {
        long h = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        h = (h ^ (h >>> 27)) * 0x94D049BB133111EBL;
        return h ^ (h >>> 31);
    }
}
