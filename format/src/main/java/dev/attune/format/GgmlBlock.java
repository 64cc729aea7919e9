package dev.attune.format;

/// A block of one [GgmlType]: floats to bytes and back. Implementations keep no state.
interface GgmlBlock {
    /// Rounds a block of values, as near as the type allows.
    void encode(float[] values, int from, byte[] bytes, int at);

    /// The same where some values count more.
    ///
    /// @param importance which stands at this block; types that have no use for it round as without
    default void encode(float[] values, int from, Importance importance, byte[] bytes, int at) {
        encode(values, from, bytes, at);
    }

    /// Rounds as many whole blocks as can be done side by side, to the same bytes as one by one.
    ///
    /// @param count how many values there are
    /// @return how many were rounded, the first ones
    default int encodeMany(float[] values, int from, int count, byte[] bytes, int at) {
        return 0;
    }

    /// The values that a block stands for.
    void decode(byte[] bytes, int at, float[] values, int to);
}
