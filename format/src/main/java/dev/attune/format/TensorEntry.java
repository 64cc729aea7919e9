package dev.attune.format;

import java.util.List;

/// A tensor's place in one safetensors file.
///
/// @param name the checkpoint's name of it
/// @param dtype the element type
/// @param shape the sizes, outermost first; empty for a scalar
/// @param offset the first byte, counted from the start of the file
/// @param byteLength the bytes it takes, 0 if a size of the shape is 0
public record TensorEntry(
        String name, SafetensorsDtype dtype, List<Long> shape, long offset, long byteLength) {
    /// Copies the shape.
    public TensorEntry {
        shape = List.copyOf(shape);
    }

    static TensorEntry of(TensorSpec spec, long offset) {
        return new TensorEntry(spec.name(), spec.dtype(), spec.shape(), offset, spec.byteLength());
    }

    /// The same tensor without its place, to be written elsewhere.
    public TensorSpec spec() {
        return new TensorSpec(name, dtype, shape);
    }

    /// The number of elements: the product of the shape, 1 for a scalar.
    public long elementCount() {
        return TensorSpec.elementCount(shape);
    }
}
