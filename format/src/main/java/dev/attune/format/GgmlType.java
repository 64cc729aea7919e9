package dev.attune.format;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The element types of a GGUF tensor. Elements come in blocks along the first dimension: a block
/// of [#blockLength] of them takes [#blockBytes] bytes; plain types have blocks of one.
///
/// The numbers are ggml's own and go into the file. Those that are missing were withdrawn (4, 5, 31
/// to 33, 36 to 38) or never written.
public enum GgmlType {
    /// IEEE single precision.
    F32(0, 1, 4),
    /// IEEE half precision.
    F16(1, 1, 2),
    /// 4 bits, one scale.
    Q4_0(2, 32, 18),
    /// 4 bits, scale and minimum.
    Q4_1(3, 32, 20),
    /// 5 bits, one scale.
    Q5_0(6, 32, 22),
    /// 5 bits, scale and minimum.
    Q5_1(7, 32, 24),
    /// 8 bits, one scale.
    Q8_0(8, 32, 34),
    /// 8 bits, scale and sum: of activations.
    Q8_1(9, 32, 36),
    /// 2 bits, blocks of blocks.
    Q2_K(10, 256, 84),
    /// 3 bits, blocks of blocks.
    Q3_K(11, 256, 110),
    /// 4 bits, blocks of blocks.
    Q4_K(12, 256, 144),
    /// 5 bits, blocks of blocks.
    Q5_K(13, 256, 176),
    /// 6 bits, blocks of blocks.
    Q6_K(14, 256, 210),
    /// 8 bits, blocks of blocks: of activations.
    Q8_K(15, 256, 292),
    /// 2.06 bits, from a codebook.
    IQ2_XXS(16, 256, 66),
    /// 2.31 bits, from a codebook.
    IQ2_XS(17, 256, 74),
    /// 3.06 bits, from a codebook.
    IQ3_XXS(18, 256, 98),
    /// 1.56 bits, from a codebook.
    IQ1_S(19, 256, 50),
    /// 4 bits, unevenly spaced values.
    IQ4_NL(20, 32, 18),
    /// 3.44 bits, from a codebook.
    IQ3_S(21, 256, 110),
    /// 2.56 bits, from a codebook.
    IQ2_S(22, 256, 82),
    /// 4.25 bits, unevenly spaced values.
    IQ4_XS(23, 256, 136),
    /// Signed byte.
    I8(24, 1, 1),
    /// Signed 16-bit integer.
    I16(25, 1, 2),
    /// Signed 32-bit integer.
    I32(26, 1, 4),
    /// Signed 64-bit integer.
    I64(27, 1, 8),
    /// IEEE double precision.
    F64(28, 1, 8),
    /// 1.75 bits, from a codebook.
    IQ1_M(29, 256, 56),
    /// The upper half of an [#F32].
    BF16(30, 1, 2),
    /// Ternary, five to a byte.
    TQ1_0(34, 256, 54),
    /// Ternary, four to a byte.
    TQ2_0(35, 256, 66),
    /// MX float of 4 bits, scale a power of two.
    MXFP4(39, 32, 17),
    /// Float of 4 bits, a scale of 8 bits to 16 of them.
    NVFP4(40, 64, 36),
    /// One bit, one scale.
    Q1_0(41, 128, 18);

    private static final Map<Integer, GgmlType> BY_ID =
            Arrays.stream(values())
                    .collect(Collectors.toUnmodifiableMap(GgmlType::id, Function.identity()));

    private final int id;
    private final int blockLength;
    private final int blockBytes;

    GgmlType(int id, int blockLength, int blockBytes) {
        this.id = id;
        this.blockLength = blockLength;
        this.blockBytes = blockBytes;
    }

    /// The number that stands in a file.
    public int id() {
        return id;
    }

    /// How many elements make a block.
    public int blockLength() {
        return blockLength;
    }

    /// How many bytes a block takes.
    public int blockBytes() {
        return blockBytes;
    }

    /// The bytes of that many elements, a multiple of [#blockLength].
    ///
    /// @throws ArithmeticException beyond 2^63
    public long byteLength(long elements) {
        return Math.multiplyExact(elements / blockLength, (long) blockBytes);
    }

    /// The type with that number, if there is one.
    public static Optional<GgmlType> of(int id) {
        return Optional.ofNullable(BY_ID.get(id));
    }
}
