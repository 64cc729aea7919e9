package dev.attune.data;

import java.math.BigInteger;
import java.util.List;
import java.util.OptionalLong;

/// What the values of an Arrow field are, and so how they lie in memory.
sealed interface ArrowType {
    /// How the place of a value of varying length is told.
    enum Places {
        /// Offsets of 4 bytes.
        SMALL,
        /// Offsets of 8 bytes.
        LARGE,
        /// Sixteen bytes a value: its length, and the value or where it is.
        VIEWS
    }

    /// Nulls only; no buffer.
    record Nothing() implements ArrowType {}

    /// A bit a value.
    record Flag() implements ArrowType {}

    /// Whole numbers of 1, 2, 4 or 8 bytes.
    record Whole(int bytes, boolean isSigned) implements ArrowType {}

    /// Numbers of 2, 4 or 8 bytes.
    record Real(int bytes) implements ArrowType {}

    /// Numbers with a fixed count of decimals.
    record Decimal(int bytes, int scale) implements ArrowType {}

    /// Text, or bytes, which are written in base64.
    record Text(Places places, boolean isBinary) implements ArrowType {}

    /// Bytes of one length.
    record Fixed(int bytes) implements ArrowType {}

    /// Days.
    record Day(boolean isMillis) implements ArrowType {}

    /// A time of day, or a moment, in parts of a second.
    ///
    /// @param perSecond how many units a second has
    /// @param kind what the count means
    record Time(int bytes, BigInteger perSecond, Kind kind) implements ArrowType {
        /// What a count of units means.
        enum Kind {
            OF_DAY,
            LOCAL,
            MOMENT,
            LENGTH
        }
    }

    /// Lists of varying length.
    record Items(boolean isLarge) implements ArrowType {}

    /// Lists of one length.
    record FixedItems(int size) implements ArrowType {}

    /// Objects.
    record Struct() implements ArrowType {}

    /// Keys with values.
    record Table() implements ArrowType {}

    /// A field of a schema.
    ///
    /// @param type of its values; of those in the dictionary, where there is one
    /// @param index how values name entries of the dictionary
    record Field(
            String name,
            ArrowType type,
            List<Field> children,
            OptionalLong dictionary,
            Whole index) {
        /// Copies the list.
        public Field {
            children = List.copyOf(children);
        }

        /// The field as its dictionary has it.
        Field ofDictionary() {
            return new Field(name, type, children, OptionalLong.empty(), index);
        }
    }
}
