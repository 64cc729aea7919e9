package dev.attune.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Blocks of a big-endian file, turned to little-endian ones.
///
/// Only numbers of several bytes are the other way round: floats, and the halves that a block's
/// scales are. Levels are bytes, or lie in bytes.
final class SwappedBlocks {
    private SwappedBlocks() {}

    /// A copy of the blocks with their numbers the other way round.
    static MemorySegment of(GgmlType type, MemorySegment blocks) {
        byte[] bytes = blocks.toArray(ValueLayout.JAVA_BYTE);
        if (type == GgmlType.F32) {
            for (int at = 0; at < bytes.length; at += Float.BYTES) {
                swap(bytes, at, at + 3);
                swap(bytes, at + 1, at + 2);
            }
        } else {
            List<Integer> halves = halves(type);
            for (int block = 0; block < bytes.length; block += type.blockBytes()) {
                for (int half : halves) {
                    swap(bytes, block + half, block + half + 1);
                }
            }
        }
        return MemorySegment.ofArray(bytes);
    }

    private static void swap(byte[] bytes, int one, int other) {
        byte kept = bytes[one];
        bytes[one] = bytes[other];
        bytes[other] = kept;
    }

    /// Where numbers of two bytes lie in a block, as drawn above each kin of types.
    private static List<Integer> halves(GgmlType type) {
        return switch (type) {
            case F16, BF16, Q8_0, Q4_0, Q5_0, IQ4_NL -> List.of(0);
            // The second of IQ4_XS holds the top bits of its scales.
            case Q4_1, Q5_1, Q4_K, Q5_K, IQ4_XS -> List.of(0, 2);
            case Q2_K -> List.of(80, 82);
            case Q3_K -> List.of(108);
            case Q6_K -> List.of(208);
            case F32, Q8_1, Q8_K, IQ2_XXS, IQ2_XS, IQ3_XXS, IQ1_S, IQ3_S, IQ2_S, I8, I16, I32 ->
                    throw unhandled(type);
            case I64, F64, IQ1_M, TQ1_0, TQ2_0, MXFP4, NVFP4, Q1_0 -> throw unhandled(type);
        };
    }

    private static IllegalArgumentException unhandled(GgmlType type) {
        return new IllegalArgumentException("values of type " + type);
    }
}
