package dev.attune.model;

import dev.attune.format.Checkpoint;
import dev.attune.format.SafetensorsDtype;
import dev.attune.format.TensorEntry;
import dev.attune.tensor.Dtype;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The tensors of a checkpoint by the names that a decoder has for them.
///
/// @param checkpoint the files
/// @param basePrefix what the files of a bare decoder, without head, leave out of every name
record StoredWeights(Checkpoint checkpoint, String basePrefix) {

    /// The name under which the checkpoint holds a weight: itself, or, in a checkpoint of the bare
    /// decoder, itself without the prefix.
    Optional<String> stored(String name) {
        Set<String> names = checkpoint.tensors().keySet();
        if (names.contains(name)) {
            return Optional.of(name);
        }
        return Optional.of(name)
                .filter(n -> n.startsWith(basePrefix))
                .map(n -> n.substring(basePrefix.length()))
                .filter(names::contains);
    }

    TensorEntry entry(String stored) {
        return Objects.requireNonNull(checkpoint.tensors().get(stored));
    }

    long[] shape(String stored) {
        return shapeOf(entry(stored));
    }

    Optional<Dtype> dtype(String stored) {
        return torchType(entry(stored).dtype());
    }

    MemorySegment bytes(String stored) {
        return checkpoint.bytes(stored);
    }

    Path file(String stored) {
        return checkpoint.fileOf(stored);
    }

    /// Whether two tensors are one and the same numbers.
    boolean equal(String a, String b) {
        return entry(a).dtype() == entry(b).dtype() && bytes(a).mismatch(bytes(b)) == -1;
    }

    static long[] shapeOf(TensorEntry entry) {
        return entry.shape().stream().mapToLong(Long::longValue).toArray();
    }

    /// The type whose bytes those are, if weights can have it.
    static Optional<Dtype> torchType(SafetensorsDtype dtype) {
        return switch (dtype) {
            case F64 -> Optional.of(Dtype.FLOAT64);
            case F32 -> Optional.of(Dtype.FLOAT32);
            case F16 -> Optional.of(Dtype.FLOAT16);
            case BF16 -> Optional.of(Dtype.BFLOAT16);
            case F8_E4M3 -> Optional.of(Dtype.FLOAT8_E4M3);
            case F8_E5M2 -> Optional.of(Dtype.FLOAT8_E5M2);
            default -> Optional.empty();
        };
    }
}
