package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.format.CheckpointWriter;
import dev.attune.tensor.Dtype;

import java.util.List;
import java.util.Optional;

/// How an export is done.
///
/// @param overwrite whether a model or adapter that stands at the target may be replaced
/// @param dtype the type of the weights: float32, bfloat16 or float16; as they are stored if empty
/// @param maxShardBytes the most bytes of tensors in one file
/// @param baseName what the model card and the adapter call the base; if empty, the name of its
///   folder
/// @param tokenIds the text that the result is checked with; if empty, ids spread over the
///   vocabulary
public record ExportOptions(
        boolean overwrite,
        Optional<Dtype> dtype,
        long maxShardBytes,
        Optional<String> baseName,
        List<Integer> tokenIds) {
    private static final List<Dtype> TYPES = List.of(Dtype.FLOAT32, Dtype.BFLOAT16, Dtype.FLOAT16);

    /// Checks the type and the size.
    public ExportOptions {
        if (dtype.filter(d -> !TYPES.contains(d)).isPresent()) {
            throw AttuneException.user(
                            "Cannot write weights as %s.".formatted(dtype.get().torchName()))
                    .fix("Take float32, bfloat16 or float16.");
        }
        if (maxShardBytes <= 0) {
            throw AttuneException.user(
                            "A shard of %d bytes cannot hold a weight.".formatted(maxShardBytes))
                    .fix("Take a size above zero; 5 GB is usual.");
        }
        tokenIds = List.copyOf(tokenIds);
    }

    /// Nothing is overwritten, types stay, shards of 5 GB.
    public static ExportOptions usual() {
        return new ExportOptions(
                false,
                Optional.empty(),
                CheckpointWriter.DEFAULT_MAX_SHARD_BYTES,
                Optional.empty(),
                List.of());
    }

    /// The same, replacing a model or adapter at the target.
    public ExportOptions overwriting() {
        return new ExportOptions(true, dtype, maxShardBytes, baseName, tokenIds);
    }

    /// The same with weights of that type.
    public ExportOptions typed(Dtype other) {
        return new ExportOptions(overwrite, Optional.of(other), maxShardBytes, baseName, tokenIds);
    }

    /// The same with files of at most that many bytes of tensors.
    public ExportOptions shards(long maxBytes) {
        return new ExportOptions(overwrite, dtype, maxBytes, baseName, tokenIds);
    }

    /// The same, calling the base by that name.
    public ExportOptions naming(String base) {
        return new ExportOptions(overwrite, dtype, maxShardBytes, Optional.of(base), tokenIds);
    }

    /// The same, checked with that text.
    public ExportOptions checkedWith(List<Integer> ids) {
        return new ExportOptions(overwrite, dtype, maxShardBytes, baseName, ids);
    }
}
