package dev.attune.format;

import java.util.Optional;

/// The types of GGUF metadata; the ordinal is the number in the file.
public enum GgufValueType {
    /// Unsigned byte.
    UINT8(1),
    /// Signed byte.
    INT8(1),
    /// Unsigned 16-bit integer.
    UINT16(2),
    /// Signed 16-bit integer.
    INT16(2),
    /// Unsigned 32-bit integer.
    UINT32(4),
    /// Signed 32-bit integer.
    INT32(4),
    /// IEEE single precision.
    FLOAT32(4),
    /// A byte, 0 or 1.
    BOOL(1),
    /// UTF-8 behind a length of 8 bytes.
    STRING(8),
    /// Element type, count, elements.
    ARRAY(12),
    /// Unsigned 64-bit integer.
    UINT64(8),
    /// Signed 64-bit integer.
    INT64(8),
    /// IEEE double precision.
    FLOAT64(8);

    private final int minBytes;

    GgufValueType(int minBytes) {
        this.minBytes = minBytes;
    }

    /// The bytes that a value takes at the least, and exactly if it is a number.
    int minBytes() {
        return minBytes;
    }

    /// The type with that number, if there is one.
    public static Optional<GgufValueType> of(int id) {
        return id >= 0 && id < values().length ? Optional.of(values()[id]) : Optional.empty();
    }
}
