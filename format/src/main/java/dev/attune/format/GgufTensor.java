package dev.attune.format;

import java.util.List;

/// A tensor's place in one GGUF file.
///
/// @param name the name that llama.cpp gives it
/// @param type the element type
/// @param dims the sizes, innermost first: the reverse of a safetensors shape
/// @param offset the first byte, counted from the start of the file
/// @param byteLength the bytes it takes
public record GgufTensor(
        String name, GgmlType type, List<Long> dims, long offset, long byteLength) {
    /// Copies the sizes.
    public GgufTensor {
        dims = List.copyOf(dims);
    }

    /// The number of elements.
    public long elementCount() {
        return dims.stream().reduce(1L, Math::multiplyExact);
    }

    /// The sizes as safetensors and PyTorch write them, outermost first.
    public List<Long> shape() {
        return dims.reversed();
    }
}
