package dev.attune.format;

import java.util.List;

/// What a tensor is before it has a place in a file: name, element type and shape.
///
/// @param name the checkpoint's name of it, valid Unicode and not `__metadata__`; may be empty
/// @param dtype the element type
/// @param shape the sizes, outermost first; empty for a scalar, at most [#MAX_DIMENSIONS]
public record TensorSpec(String name, SafetensorsDtype dtype, List<Long> shape) {
    /// More dimensions than any tensor library counts.
    public static final int MAX_DIMENSIONS = 64;

    static final String METADATA_KEY = "__metadata__";

    /// @throws IllegalArgumentException if the name cannot stand in a header, or the shape is
    ///   negative, too deep, too large to count, or does not fill whole bytes
    public TensorSpec {
        shape = List.copyOf(shape);
        if (name.equals(METADATA_KEY)) {
            throw new IllegalArgumentException("the name " + METADATA_KEY + " is reserved");
        }
        if (!Shown.isUnicode(name)) {
            throw new IllegalArgumentException("the name has half a surrogate pair");
        }
        byteLength(dtype, shape);
    }

    /// The number of elements: the product of the shape, 1 for a scalar.
    public long elementCount() {
        return elementCount(shape);
    }

    /// The bytes that the elements take.
    public long byteLength() {
        return byteLength(dtype, shape);
    }

    static long elementCount(List<Long> shape) {
        if (shape.size() > MAX_DIMENSIONS) {
            throw new IllegalArgumentException(
                    "the shape has %d dimensions, at most %d are allowed"
                            .formatted(shape.size(), MAX_DIMENSIONS));
        }
        long count = 1;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("the shape " + shape + " has a negative size");
            }
            if (overflows(count, size)) {
                throw new IllegalArgumentException(
                        "the shape " + shape + " has more elements than 64 bits can count");
            }
            count *= size;
        }
        return count;
    }

    private static long byteLength(SafetensorsDtype dtype, List<Long> shape) {
        long count = elementCount(shape);
        if (overflows(count, dtype.bits())) {
            throw new IllegalArgumentException(
                    "%s %s takes more bytes than 64 bits can count".formatted(dtype, shape));
        }
        long bits = count * dtype.bits();
        if (bits % 8 != 0) {
            throw new IllegalArgumentException(
                    "%s %s takes %d bits, which is not a whole number of bytes"
                            .formatted(dtype, shape, bits));
        }
        return bits / 8;
    }

    private static boolean overflows(long count, long factor) {
        return factor != 0 && count > Long.MAX_VALUE / factor;
    }
}
