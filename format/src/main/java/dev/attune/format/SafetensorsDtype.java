package dev.attune.format;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The element types of the safetensors format, by the names that stand in a file's header.
///
/// The order is the format's own, from the loosest alignment to the strictest: a writer lays
/// tensors out from the last constant to the first, so that each begins at a multiple of its size.
public enum SafetensorsDtype {
    /// One byte: 0 or 1.
    BOOL(8),
    /// MX float: 1 sign, 2 exponent, 1 mantissa bit; two elements share a byte.
    F4(4),
    /// MX float: 1 sign, 2 exponent, 3 mantissa bits; four elements share three bytes.
    F6_E2M3(6),
    /// MX float: 1 sign, 3 exponent, 2 mantissa bits; four elements share three bytes.
    F6_E3M2(6),
    /// Unsigned byte.
    U8(8),
    /// Signed byte.
    I8(8),
    /// 8-bit float with 5 exponent bits.
    F8_E5M2(8),
    /// 8-bit float with 4 exponent bits, finite.
    F8_E4M3(8),
    /// Power of two: the scale of an MX block.
    F8_E8M0(8),
    /// 8-bit float with 4 exponent bits, without negative zero.
    F8_E4M3FNUZ(8),
    /// 8-bit float with 5 exponent bits, without negative zero.
    F8_E5M2FNUZ(8),
    /// Signed 16-bit integer.
    I16(16),
    /// Unsigned 16-bit integer.
    U16(16),
    /// IEEE half precision.
    F16(16),
    /// The upper half of an [#F32].
    BF16(16),
    /// Signed 32-bit integer.
    I32(32),
    /// Unsigned 32-bit integer.
    U32(32),
    /// IEEE single precision.
    F32(32),
    /// Two [#F32]: real and imaginary part.
    C64(64),
    /// IEEE double precision.
    F64(64),
    /// Signed 64-bit integer.
    I64(64),
    /// Unsigned 64-bit integer.
    U64(64);

    private static final Map<String, SafetensorsDtype> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(Enum::name, Function.identity()));

    private final int bits;

    SafetensorsDtype(int bits) {
        this.bits = bits;
    }

    /// Bits of one element; below 8 elements share bytes.
    public int bits() {
        return bits;
    }

    /// The type that a header calls `name`, in exactly that spelling.
    public static Optional<SafetensorsDtype> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /// Every name of a type, in the format's order.
    static List<String> names() {
        return Arrays.stream(values()).map(Enum::name).toList();
    }
}
