package dev.attune.format;

import java.util.Arrays;
import java.util.Optional;

/// The types of GGUF metadata.
public enum GgufValueType {
    /// Unsigned byte.
    UINT8(0, 1),
    /// Signed byte.
    INT8(1, 1),
    /// Unsigned 16-bit integer.
    UINT16(2, 2),
    /// Signed 16-bit integer.
    INT16(3, 2),
    /// Unsigned 32-bit integer.
    UINT32(4, 4),
    /// Signed 32-bit integer.
    INT32(5, 4),
    /// IEEE single precision.
    FLOAT32(6, 4),
    /// A byte, 0 or 1.
    BOOL(7, 1),
    /// UTF-8 behind a length of 8 bytes.
    STRING(8, 8),
    /// Element type, count, elements.
    ARRAY(9, 12),
    /// Unsigned 64-bit integer.
    UINT64(10, 8),
    /// Signed 64-bit integer.
    INT64(11, 8),
    /// IEEE double precision.
    FLOAT64(12, 8);

    private final int id;
    private final int minBytes;

    GgufValueType(int id, int minBytes) {
        this.id = id;
        this.minBytes = minBytes;
    }

    /// The number that stands in a file.
    int id() {
        return id;
    }

    /// The bytes that a value takes at the least, and exactly if it is a number.
    int minBytes() {
        return minBytes;
    }

    /// The type with that number, if there is one.
    public static Optional<GgufValueType> of(int id) {
        return Arrays.stream(values()).filter(type -> type.id == id).findFirst();
    }
}
