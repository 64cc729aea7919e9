package dev.attune.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/// Values of GGUF tensors as floats: rounds them to a type, and reads them back.
///
/// The types that are common in files of weights have a [GgmlBlock] of their own, one file for each
/// kin of types with the layout drawn above it. Others can be moved as bytes only.
///
/// Any thread may call; rows are independent, so that a caller who has several threads deals rows
/// out.
public final class GgmlFloats {
    private static final ValueLayout.OfFloat FLOATS =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private GgmlFloats() {}

    /// Whether values of that type can be read and written.
    public static boolean handles(GgmlType type) {
        return block(type).isPresent();
    }

    /// Rounds values to a type.
    ///
    /// @param values `count` of them from `from` on are taken; `count` is a multiple of the type's
    ///   block
    /// @param bytes where they go, from `at` on
    /// @throws IllegalArgumentException if the type is not one that is handled, or `count` does not
    ///   fit
    public static void encode(
            GgmlType type, float[] values, int from, int count, byte[] bytes, int at) {
        GgmlBlock block = required(type);
        requireWhole(type, count);
        int done = block.encodeMany(values, from, count, bytes, at);
        int to = at + done / type.blockLength() * type.blockBytes();
        for (int i = done; i < count; i += type.blockLength()) {
            block.encode(values, from + i, bytes, to);
            to += type.blockBytes();
        }
    }

    /// Rounds rows of values to a type, near where it matters most.
    ///
    /// @param values whole rows
    /// @param importance how much each column counts: the mean square of what it is multiplied
    ///   with; as long as a row
    /// @param bytes where they go
    /// @throws IllegalArgumentException if the type is not one that is handled, or its blocks do
    ///   not fit the rows
    public static void encode(GgmlType type, float[] values, float[] importance, byte[] bytes) {
        GgmlBlock block = required(type);
        requireWhole(type, importance.length);
        requireWhole(type, values.length);
        Importance here = new Importance(importance);
        int to = 0;
        for (int i = 0; i < values.length; i += type.blockLength()) {
            int column = i % importance.length;
            if (column == 0) {
                here.row(values, i);
            }
            here.block(column, type.blockLength());
            block.encode(values, i, here, bytes, to);
            to += type.blockBytes();
        }
    }

    /// Reads little-endian values.
    ///
    /// @param bytes the blocks of `values.length` values
    /// @throws IllegalArgumentException if the type is not one that is handled, or the bytes are of
    ///   another number of values
    public static void decode(GgmlType type, MemorySegment bytes, float[] values) {
        GgmlBlock block = required(type);
        requireWhole(type, values.length);
        if (bytes.byteSize() != type.byteLength(values.length)) {
            throw new IllegalArgumentException(
                    "%d bytes are not those of %d values of %s"
                            .formatted(bytes.byteSize(), values.length, type));
        }
        if (type == GgmlType.F32) {
            MemorySegment.copy(bytes, FLOATS, 0, values, 0, values.length);
            return;
        }
        byte[] copy = bytes.toArray(ValueLayout.JAVA_BYTE);
        int at = 0;
        for (int i = 0; i < values.length; i += type.blockLength()) {
            block.decode(copy, at, values, i);
            at += type.blockBytes();
        }
    }

    private static GgmlBlock required(GgmlType type) {
        return block(type)
                .orElseThrow(() -> new IllegalArgumentException("values of type " + type));
    }

    private static void requireWhole(GgmlType type, int count) {
        if (count % type.blockLength() != 0) {
            throw new IllegalArgumentException(
                    "%d values are no multiple of %d, a block of %s"
                            .formatted(count, type.blockLength(), type));
        }
    }

    private static Optional<GgmlBlock> block(GgmlType type) {
        return switch (type) {
            case F32 -> Optional.of(PlainBlocks.Single.BLOCK);
            case F16 -> Optional.of(PlainBlocks.Half.BLOCK);
            case BF16 -> Optional.of(PlainBlocks.Brain.BLOCK);
            case Q8_0 -> Optional.of(new EightBits());
            case Q4_0 -> Optional.of(new FourBits(false));
            case Q4_1 -> Optional.of(new FourBits(true));
            case Q5_0 -> Optional.of(new FiveBits(false));
            case Q5_1 -> Optional.of(new FiveBits(true));
            case Q2_K -> Optional.of(new TwoBitsK());
            case Q3_K -> Optional.of(new ThreeBitsK());
            case Q4_K -> Optional.of(new FourOrFiveBitsK(false));
            case Q5_K -> Optional.of(new FourOrFiveBitsK(true));
            case Q6_K -> Optional.of(new SixBitsK());
            case IQ4_NL -> Optional.of(new UnevenBits(1));
            case IQ4_XS -> Optional.of(new UnevenBits(8));
            case Q8_1, Q8_K, IQ2_XXS, IQ2_XS, IQ3_XXS, IQ1_S, IQ3_S, IQ2_S, I8, I16, I32, I64 ->
                    Optional.empty();
            case F64, IQ1_M, TQ1_0, TQ2_0, MXFP4, NVFP4, Q1_0 -> Optional.empty();
        };
    }
}
