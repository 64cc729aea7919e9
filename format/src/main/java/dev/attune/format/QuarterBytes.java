package dev.attune.format;

/// 256 numbers of 2 bits in 64 bytes: in each half of the block, a byte has number i in its lowest
/// bits, then those that follow 32, 64 and 96 behind it.
final class QuarterBytes {
    private QuarterBytes() {}

    /// @param levels 0 to 3
    static void put(byte[] levels, byte[] bytes, int at) {
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 32; i++) {
                int l = 128 * half + i;
                bytes[at + 32 * half + i] =
                        (byte)
                                (levels[l]
                                        | levels[l + 32] << 2
                                        | levels[l + 64] << 4
                                        | levels[l + 96] << 6);
            }
        }
    }

    static int level(byte[] bytes, int at, int i) {
        return bytes[at + (i >>> 7) * 32 + (i & 31)] >>> ((i >>> 5 & 3) * 2) & 3;
    }
}
