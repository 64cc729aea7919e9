package dev.attune.format;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// A tensor that a GGUF file is to hold.
///
/// @param name what llama.cpp calls it, 1 to 63 bytes of UTF-8
/// @param type the element type
/// @param shape the sizes as safetensors and PyTorch write them, outermost first: 1 to 4, the last
///   a multiple of the type's block
public record GgufTensorSpec(String name, GgmlType type, List<Long> shape) {
    /// Checks what every reader checks.
    ///
    /// @throws IllegalArgumentException if no reader would take it
    public GgufTensorSpec {
        shape = List.copyOf(shape);
        int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (nameBytes < 1 || nameBytes > GgufTensors.MAX_NAME_BYTES) {
            throw new IllegalArgumentException("a name of " + nameBytes + " bytes: " + name);
        }
        boolean sizes = shape.stream().allMatch(size -> size > 0);
        if (shape.isEmpty() || shape.size() > GgufTensors.MAX_DIMS || !sizes) {
            throw new IllegalArgumentException("shape " + shape + " of " + name);
        }
        if (shape.getLast() % type.blockLength() != 0) {
            throw new IllegalArgumentException(
                    "rows of %d in %s are no multiple of %d, a block of %s"
                            .formatted(shape.getLast(), name, type.blockLength(), type));
        }
    }

    /// The number of elements.
    public long elementCount() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /// The bytes that it takes, without padding.
    public long byteLength() {
        return type.byteLength(elementCount());
    }
}
