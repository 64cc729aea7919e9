package dev.attune.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/// The number type of a tensor's elements, in PyTorch's names.
public enum Dtype {
    FLOAT32("float32", 4, ScalarType.Float),
    BFLOAT16("bfloat16", 2, ScalarType.BFloat16),
    FLOAT16("float16", 2, ScalarType.Half),
    FLOAT64("float64", 8, ScalarType.Double),
    FLOAT8_E4M3("float8_e4m3fn", 1, ScalarType.Float8_e4m3fn),
    FLOAT8_E5M2("float8_e5m2", 1, ScalarType.Float8_e5m2),
    INT64("int64", 8, ScalarType.Long),
    INT32("int32", 4, ScalarType.Int),
    INT16("int16", 2, ScalarType.Short),
    INT8("int8", 1, ScalarType.Char),
    UINT8("uint8", 1, ScalarType.Byte),
    BOOL("bool", 1, ScalarType.Bool);

    private final String torchName;
    private final int elementBytes;
    private final ScalarType scalarType;

    Dtype(String torchName, int elementBytes, ScalarType scalarType) {
        this.torchName = torchName;
        this.elementBytes = elementBytes;
        this.scalarType = scalarType;
    }

    /// The name in PyTorch's spelling: `bfloat16`.
    public String torchName() {
        return torchName;
    }

    /// Bytes of one element.
    public int elementBytes() {
        return elementBytes;
    }

    /// Whether elements are floating-point numbers.
    public boolean isFloating() {
        return switch (this) {
            case FLOAT32, BFLOAT16, FLOAT16, FLOAT64, FLOAT8_E4M3, FLOAT8_E5M2 -> true;
            case INT64, INT32, INT16, INT8, UINT8, BOOL -> false;
        };
    }

    ScalarType scalarType() {
        return scalarType;
    }

    static Dtype of(ScalarType type) {
        for (Dtype dtype : values()) {
            if (dtype.scalarType == type.intern()) {
                return dtype;
            }
        }
        throw new IllegalStateException("a tensor of type " + type + " has no place here");
    }
}
