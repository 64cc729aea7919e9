package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.format.GgmlType;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What the weights of a GGUF file are rounded to, by llama.cpp's names: one type, or a mix of
/// several.
public enum GgufQuant {
    F32(0, GgmlType.F32),
    F16(1, GgmlType.F16),
    BF16(32, GgmlType.BF16),
    Q8_0(7, GgmlType.Q8_0),
    Q4_0(2, GgmlType.Q4_0),
    Q4_1(3, GgmlType.Q4_1),
    Q5_0(8, GgmlType.Q5_0),
    Q5_1(9, GgmlType.Q5_1),
    Q2_K(10, GgmlType.Q2_K),
    Q2_K_S(21, GgmlType.Q2_K),
    Q3_K_S(11, GgmlType.Q3_K),
    Q3_K_M(12, GgmlType.Q3_K),
    Q3_K_L(13, GgmlType.Q3_K),
    Q4_K_S(14, GgmlType.Q4_K),
    Q4_K_M(15, GgmlType.Q4_K),
    Q5_K_S(16, GgmlType.Q5_K),
    Q5_K_M(17, GgmlType.Q5_K),
    Q6_K(18, GgmlType.Q6_K),
    IQ4_NL(25, GgmlType.IQ4_NL),
    IQ4_XS(30, GgmlType.IQ4_XS);

    private final int fileType;
    private final GgmlType usual;

    GgufQuant(int fileType, GgmlType usual) {
        this.fileType = fileType;
        this.usual = usual;
    }

    /// The number of `general.file_type`.
    int fileType() {
        return fileType;
    }

    /// The type of most weights.
    GgmlType usual() {
        return usual;
    }

    /// Whether weights are rounded to blocks, rather than to plain floats.
    boolean inBlocks() {
        return usual.blockLength() > 1;
    }

    /// The usual types of more bits than this one, fewest first.
    List<GgufQuant> finer() {
        return Stream.of(Q4_K_M, Q5_K_M, Q6_K, Q8_0, F16, F32)
                .filter(other -> other.bits() > bits())
                .toList();
    }

    private double bits() {
        return 8.0 * usual.blockBytes() / usual.blockLength();
    }

    /// The name that users write: `q4_k_m`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The one of that name, in letters of any case.
    ///
    /// @throws AttuneException of kind USER, with the nearest, if there is none
    public static GgufQuant of(String name) {
        String wanted = name.toLowerCase(Locale.ROOT).replace('-', '_');
        List<String> known = Arrays.stream(values()).map(GgufQuant::label).toList();
        return Arrays.stream(values())
                .filter(quant -> quant.label().equals(wanted))
                .findFirst()
                .orElseThrow(() ->
                        AttuneException.user(
                                        "There is no quantisation %s%s."
                                                .formatted(
                                                        name,
                                                        Nearest.to(wanted, known)
                                                                .map(n -> " (nearest: " + n + ")")
                                                                .orElse("")))
                                .fix("Known are " + String.join(", ", known) + "."));
    }
}
