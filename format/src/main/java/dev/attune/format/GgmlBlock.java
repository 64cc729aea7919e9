package dev.attune.format;

/// A block of one [GgmlType]: floats to bytes and back. Implementations keep no state.
interface GgmlBlock {
    /// Rounds a block of values, as near as the type allows.
    void encode(float[] values, int from, byte[] bytes, int at);

    /// The values that a block stands for.
    void decode(byte[] bytes, int at, float[] values, int to);
}
