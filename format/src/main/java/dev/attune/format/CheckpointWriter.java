package dev.attune.format;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Writes the weights of a model folder as Hugging Face spells it: `model.safetensors`, or above a
/// size `model-00001-of-00002.safetensors` and so on with `model.safetensors.index.json`.
///
/// Tensors are declared first, in the model's order, which is how they are dealt to shards; their
/// bytes come one tensor at a time in any order. The files appear at [#finish]; closed before that,
/// nothing of them is left. Weights of an earlier model with the same spelling are then replaced,
/// so that no reader can mix the two. Whoever creates a writer closes it; not thread-safe.
public final class CheckpointWriter implements AutoCloseable {
    /// Where transformers too begins another shard: 5 GB.
    public static final long DEFAULT_MAX_SHARD_BYTES = 5_000_000_000L;

    private static final Pattern SHARD_NAME =
            Pattern.compile("model-\\d{5,}-of-\\d{5,}\\.safetensors");

    private final Path folder;
    private final Map<String, SafetensorsWriter> writers = new LinkedHashMap<>();
    private final Map<String, String> shardOfTensor = new LinkedHashMap<>();
    private final long totalBytes;

    private CheckpointWriter(Path folder, long totalBytes) {
        this.folder = folder;
        this.totalBytes = totalBytes;
    }

    /// Begins the weights of `folder`, which must exist.
    ///
    /// @param specs all tensors, in the model's order
    /// @param metadata the strings of `__metadata__` of every file, such as `format: pt`
    /// @param maxShardBytes the most bytes of tensors in one file, unless one tensor is larger
    /// @throws IllegalArgumentException if a name comes twice or `maxShardBytes` is not positive
    /// @throws AttuneException as [SafetensorsWriter#create]
    public static CheckpointWriter create(
            Path folder,
            Collection<TensorSpec> specs,
            Map<String, String> metadata,
            long maxShardBytes) {
        List<List<TensorSpec>> shards = deal(specs, maxShardBytes);
        long totalBytes = specs.stream().mapToLong(TensorSpec::byteLength).sum();
        PendingFile.requireSpace(folder, totalBytes);
        CheckpointWriter checkpoint = new CheckpointWriter(folder, totalBytes);
        try {
            for (int i = 0; i < shards.size(); i++) {
                checkpoint.begin(fileName(i, shards.size()), shards.get(i), metadata);
            }
            return checkpoint;
        } catch (RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
    }

    /// The files that will stand in the folder, without the index.
    public List<Path> files() {
        return writers.values().stream().map(SafetensorsWriter::path).toList();
    }

    /// Writes the bytes of one tensor, as [SafetensorsWriter#write].
    public void write(String name, MemorySegment bytes) {
        String shard = shardOfTensor.get(name);
        SafetensorsWriter writer = shard == null ? null : writers.get(shard);
        if (writer == null) {
            throw new IllegalArgumentException("tensor " + Shown.quoted(name) + " is undeclared");
        }
        writer.write(name, bytes);
    }

    /// Forces all files to the disk, gives them their names, writes the index if there are several,
    /// and deletes weights of an earlier model that are spelt the same way.
    ///
    /// @throws IllegalStateException if bytes of a tensor are still missing
    /// @throws AttuneException of kind RESOURCES if the disk is full, ENVIRONMENT if it fails
    public void finish() {
        writers.values().forEach(SafetensorsWriter::seal);
        if (writers.size() == 1) {
            // From here on readers take the single file, whatever shards are still beside it.
            writers.values().forEach(SafetensorsWriter::publish);
            delete(ShardIndex.FILE_NAME);
        } else {
            byte[] json = new ShardIndex(shardOfTensor).toJson(totalBytes);
            Path target = folder.resolve(ShardIndex.FILE_NAME);
            try (PendingFile index = PendingFile.create(target, json.length)) {
                index.write(0, MemorySegment.ofArray(json));
                index.seal();
                delete(ShardIndex.FILE_NAME); // an old index must never name a new shard
                writers.values().forEach(SafetensorsWriter::publish);
                index.publish();
            }
            delete(Checkpoint.SINGLE_FILE_NAME);
        }
        deleteOtherShards();
    }

    /// Deletes what was written, unless it was finished. Closing again does nothing.
    @Override
    public void close() {
        writers.values().forEach(SafetensorsWriter::close);
    }

    /// Whether a file is spelt as a shard of a model.
    static boolean isShardName(String fileName) {
        return SHARD_NAME.matcher(fileName).matches();
    }

    private void begin(String fileName, List<TensorSpec> specs, Map<String, String> metadata) {
        for (TensorSpec spec : specs) {
            if (shardOfTensor.put(spec.name(), fileName) != null) {
                throw new IllegalArgumentException(
                        "tensor " + Shown.quoted(spec.name()) + " is declared twice");
            }
        }
        Path target = folder.resolve(fileName);
        writers.put(fileName, SafetensorsWriter.create(target, specs, metadata));
    }

    /// Fills one shard after the other, in the order given.
    private static List<List<TensorSpec>> deal(Collection<TensorSpec> specs, long maxShardBytes) {
        if (maxShardBytes <= 0) {
            throw new IllegalArgumentException("maxShardBytes must be positive: " + maxShardBytes);
        }
        List<List<TensorSpec>> shards = new ArrayList<>();
        List<TensorSpec> shard = new ArrayList<>();
        long bytes = 0;
        for (TensorSpec spec : specs) {
            if (!shard.isEmpty() && spec.byteLength() > maxShardBytes - bytes) {
                shards.add(shard);
                shard = new ArrayList<>();
                bytes = 0;
            }
            shard.add(spec);
            bytes += spec.byteLength();
        }
        shards.add(shard);
        return shards;
    }

    private static String fileName(int shard, int count) {
        return count == 1
                ? Checkpoint.SINGLE_FILE_NAME
                : "model-%05d-of-%05d.safetensors".formatted(shard + 1, count);
    }

    private void deleteOtherShards() {
        try (Stream<Path> files = Files.list(folder)) {
            files.map(Path::getFileName)
                    .map(String::valueOf)
                    .filter(CheckpointWriter::isShardName)
                    .filter(name -> !writers.containsKey(name))
                    .forEach(this::delete);
        } catch (IOException e) {
            throw IoFault.writing(folder, e);
        }
    }

    private void delete(String fileName) {
        Path file = folder.resolve(fileName);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw IoFault.writing(file, e);
        }
    }
}
