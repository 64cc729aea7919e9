package dev.attune.format;

import dev.attune.base.AttuneException;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;

/// An open safetensors file, mapped into memory: bytes are read from disk when they are touched.
///
/// Whoever opens it closes it. Any thread may read; after [#close] every segment it gave out throws
/// `IllegalStateException`. The file must not be shortened by others while it is open.
public final class SafetensorsFile implements AutoCloseable {
    private final MappedFile file;
    private final SafetensorsHeader header;

    private SafetensorsFile(MappedFile file, SafetensorsHeader header) {
        this.file = file;
        this.header = header;
    }

    /// Maps the file and checks its header whole.
    ///
    /// @throws AttuneException of kind USER if there is no such file, or it is not a safetensors
    ///   file or a damaged one; ENVIRONMENT if it cannot be read
    public static SafetensorsFile open(Path path) {
        MappedFile file = MappedFile.open(path);
        try {
            return new SafetensorsFile(file, SafetensorsHeader.read(file.bytes(), path));
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /// Where the file is, as it was given to [#open].
    public Path path() {
        return file.path();
    }

    /// The tensors by name, in the order of their bytes in the file; unmodifiable.
    public Map<String, TensorEntry> tensors() {
        return header.tensors();
    }

    /// The strings below `__metadata__`, in the header's order; empty if there are none.
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /// The bytes of a tensor of this file: read-only, little-endian, row-major, at any alignment.
    ///
    /// @throws IllegalArgumentException if the entry is not one of this file's
    public MemorySegment bytes(TensorEntry entry) {
        if (!entry.equals(tensors().get(entry.name()))) {
            throw new IllegalArgumentException(entry + " is not an entry of " + path());
        }
        return file.bytes().asSlice(entry.offset(), entry.byteLength());
    }

    /// The bytes of the tensor of that name, as [#bytes(TensorEntry)].
    ///
    /// @throws AttuneException of kind USER, with the nearest name, if there is none
    public MemorySegment bytes(String name) {
        TensorEntry entry = tensors().get(name);
        if (entry == null) {
            throw Shown.noTensor(name, tensors().keySet(), path());
        }
        return bytes(entry);
    }

    /// Unmaps the file. Closing again does nothing.
    @Override
    public void close() {
        file.close();
    }
}
