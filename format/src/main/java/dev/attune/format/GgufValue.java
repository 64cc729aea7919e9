package dev.attune.format;

import java.util.List;

/// A value of GGUF metadata with the type it has in the file. Immutable.
public sealed interface GgufValue {
    /// The type in the file.
    GgufValueType type();

    /// An integer of any width; a UINT64 beyond 2^63 - 1 is negative here.
    ///
    /// @param type one of the eight integer types
    /// @param value the number, sign or zeros extended
    record Whole(GgufValueType type, long value) implements GgufValue {}

    /// FLOAT32 or FLOAT64.
    ///
    /// @param type one of the two
    /// @param value the number
    record Real(GgufValueType type, double value) implements GgufValue {}

    /// A truth value.
    record Flag(boolean value) implements GgufValue {
        @Override
        public GgufValueType type() {
            return GgufValueType.BOOL;
        }
    }

    /// A text.
    record Text(String value) implements GgufValue {
        @Override
        public GgufValueType type() {
            return GgufValueType.STRING;
        }
    }

    /// Values of one type.
    ///
    /// @param elementType what each of them is, also where there are none
    /// @param values the values
    record Array(GgufValueType elementType, List<GgufValue> values) implements GgufValue {
        /// Copies the values.
        public Array {
            values = List.copyOf(values);
        }

        @Override
        public GgufValueType type() {
            return GgufValueType.ARRAY;
        }
    }
}
