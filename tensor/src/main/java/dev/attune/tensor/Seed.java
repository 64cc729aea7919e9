package dev.attune.tensor;

/// A number that random numbers start from, and from which other seeds follow.
///
/// ```
/// Seed layer = new Seed(42).with("model.layers.3").with(0);
/// ```
///
/// A seed that follows is a function of this one and of a number or name, so that nothing random
/// has a state to be saved: whoever knows the way to it draws the same numbers again.
///
/// @param value any number
public record Seed(long value) {
    /// The golden ratio as a fraction of 2⁶⁴, odd.
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    /// The constants of the hash FNV-1a of 64 bits.
    private static final long FNV_BASIS = 0xcbf29ce484222325L;

    private static final long FNV_PRIME = 0x100000001b3L;

    /// The seed of the part with that number: output `number + 1` of SplitMix64, [Steele et al.
    /// 2014](https://doi.org/10.1145/2660193.2660195), started from this value.
    public Seed with(long number) {
        return new Seed(mixed(value + (number + 1) * GOLDEN));
    }

    /// The seed of the part with that name, whose characters FNV-1a turns into a number.
    public Seed with(String name) {
        long hash = FNV_BASIS;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * FNV_PRIME;
        }
        return with(hash);
    }

    /// A generator that starts here, of which the lower 32 bits count; close it.
    public Generator generator() {
        return Generator.seeded(value);
    }

    /// The finaliser of SplitMix64: every bit of the result depends on every bit given.
    private static long mixed(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
