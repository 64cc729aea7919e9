package dev.attune.format;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The weights of a model folder, in one file or in shards, as one map of tensors.
///
/// Reads `model.safetensors`; where that is absent, `model.safetensors.index.json` and the shards
/// it names. This is the order that transformers has too. Files are mapped: opening costs the
/// headers only. Whoever opens it closes it. Any thread may read; after [#close] every segment it
/// gave out throws `IllegalStateException`.
public final class Checkpoint implements AutoCloseable {
    static final String SINGLE_FILE_NAME = "model.safetensors";

    private final Path folder;
    private final List<SafetensorsFile> files;
    private final Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    private final Map<String, SafetensorsFile> fileOfTensor = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private Checkpoint(Path folder, List<SafetensorsFile> files) {
        this.folder = folder;
        this.files = List.copyOf(files);
        for (SafetensorsFile file : files) {
            tensors.putAll(file.tensors());
            file.tensors().keySet().forEach(name -> fileOfTensor.put(name, file));
            file.metadata().forEach(metadata::putIfAbsent);
        }
    }

    /// Opens the weights of `folder`, and checks that the index and the shards agree.
    ///
    /// @throws AttuneException of kind USER if the folder or its weights are missing, of another
    ///   format, damaged, or the index does not agree with its shards; ENVIRONMENT if a file cannot
    ///   be read
    public static Checkpoint open(Path folder) {
        if (!Files.exists(folder)) {
            throw AttuneException.user("There is no such model folder.")
                    .at(folder)
                    .fix("Check the spelling of the path, or download the model first.");
        }
        if (!Files.isDirectory(folder)) {
            throw AttuneException.user("This is a file; expected the folder of a model.")
                    .at(folder)
                    .fix("Name the folder that holds config.json and the weights.");
        }
        Path single = folder.resolve(SINGLE_FILE_NAME);
        if (Files.exists(single, LinkOption.NOFOLLOW_LINKS)) {
            return new Checkpoint(folder, List.of(SafetensorsFile.open(single)));
        }
        Path index = folder.resolve(ShardIndex.FILE_NAME);
        if (Files.exists(index, LinkOption.NOFOLLOW_LINKS)) {
            return openShards(folder, index);
        }
        throw MissingWeights.in(folder);
    }

    /// The folder, as it was given to [#open].
    public Path folder() {
        return folder;
    }

    /// The files that hold the weights, in the order of their names.
    public List<Path> files() {
        return files.stream().map(SafetensorsFile::path).toList();
    }

    /// All tensors by name, file by file, in the order of their bytes; an entry's offset counts in
    /// its own file. Unmodifiable.
    public Map<String, TensorEntry> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /// All tensors without their places, in the order of [#tensors].
    public List<TensorSpec> specs() {
        return tensors.values().stream().map(TensorEntry::spec).toList();
    }

    /// The files' metadata together; where two files differ on a key, the first file has it.
    /// Unmodifiable.
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /// The bytes of all tensors together.
    public long byteLength() {
        return tensors.values().stream().mapToLong(TensorEntry::byteLength).sum();
    }

    /// The bytes of a tensor: read-only, little-endian, row-major, at any alignment.
    ///
    /// @throws AttuneException of kind USER, with the nearest name, if there is none
    public MemorySegment bytes(String name) {
        return owner(name).bytes(name);
    }

    /// Gives the memory of a tensor's bytes back to the system, which reads the file again when
    /// they are asked for: without it a process that goes through all tensors ends up with all of
    /// them in its memory.
    ///
    /// @throws AttuneException of kind USER, with the nearest name, if there is none
    public void release(String name) {
        MemorySegment bytes = bytes(name);
        if (bytes.isMapped()) {
            bytes.unload();
        }
    }

    /// The file that a tensor is in.
    ///
    /// @throws AttuneException of kind USER, with the nearest name, if there is none
    public Path fileOf(String name) {
        return owner(name).path();
    }

    /// Unmaps all files. Closing again does nothing.
    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }

    private SafetensorsFile owner(String name) {
        SafetensorsFile file = fileOfTensor.get(name);
        if (file == null) {
            throw Shown.noTensor(name, tensors.keySet(), folder);
        }
        return file;
    }

    private static Checkpoint openShards(Path folder, Path indexFile) {
        ShardIndex index = ShardIndex.read(indexFile);
        requireShards(folder, index);
        Map<String, SafetensorsFile> files = new LinkedHashMap<>();
        try {
            for (String shard : index.shards()) {
                files.put(shard, SafetensorsFile.open(folder.resolve(shard)));
            }
            new ShardAgreement(index, indexFile, files).check();
            return new Checkpoint(folder, List.copyOf(files.values()));
        } catch (RuntimeException | Error e) {
            files.values().forEach(SafetensorsFile::close);
            throw e;
        }
    }

    private static void requireShards(Path folder, ShardIndex index) {
        Problems problems = new Problems("Cannot open the shards of " + folder);
        for (String shard : index.shards()) {
            if (!Files.exists(folder.resolve(shard), LinkOption.NOFOLLOW_LINKS)) {
                problems.add(
                        AttuneException.user("The index names a shard that is missing.")
                                .at(folder.resolve(shard))
                                .fix("Download the shard; the model is not complete without it."));
            }
        }
        problems.throwIfAny();
    }
}
