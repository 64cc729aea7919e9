package dev.attune.train;

/// Seeds of whatever is drawn in a run. Each is a function of the run's seed and of what it is for,
/// so that a run that goes on needs no generator's state to draw what it would have drawn.
///
/// ```
/// seed(purpose, step) = mix(mix(seed + purpose · γ) + step · γ)      γ = 0x9E3779B97F4A7C15
/// ```
///
/// `mix` is the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
///
/// @param seed the run's
record StepSeeds(long seed) {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final long ADAPTER = 1;
    private static final long SPLIT = 2;
    private static final long NOISE = 3;
    private static final long SUBSET = 4;

    /// For the first weights of an adapter.
    long adapter() {
        return of(ADAPTER, 0);
    }

    /// For which rows are held out.
    long split() {
        return of(SPLIT, 0);
    }

    /// For which held-out rows are judged.
    long subset() {
        return of(SUBSET, 0);
    }

    /// For dropout and noise of a step.
    long noise(long step) {
        return of(NOISE, step);
    }

    private long of(long purpose, long step) {
        return mix(mix(seed + purpose * GOLDEN) + step * GOLDEN);
    }

    static long mix(long z) {
        long y = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long x = (y ^ (y >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}
