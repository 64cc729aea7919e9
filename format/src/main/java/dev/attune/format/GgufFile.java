package dev.attune.format;

import dev.attune.base.AttuneException;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;

/// An open GGUF file, mapped into memory: bytes are read from disk when they are touched.
///
/// ```
/// byte 0    4         8        16       24
///      ┌────┬─────────┬────────┬────────┬───────────┬─────────┬─────┬──────────┬─────┬──────────┐
///      │GGUF│ version │ number │ number │ key, type,│ name,   │ pad │ tensor 0 │ pad │ tensor 1 │
///      │    │ u32     │ tensors│ pairs  │ value ... │ dims ...│     │          │     │          │
///      └────┴─────────┴────────┴────────┴───────────┴─────────┴─────┴──────────┴─────┴──────────┘
///                                                                   ▲ offsets count from here
/// ```
///
/// Whoever opens it closes it. Any thread may read; after [#close] every segment it gave out throws
/// `IllegalStateException`. The file must not be shortened by others while it is open.
public final class GgufFile implements AutoCloseable {
    private final MappedFile file;
    private final GgufHeader header;

    private GgufFile(MappedFile file, GgufHeader header) {
        this.file = file;
        this.header = header;
    }

    /// Maps the file and checks its head whole.
    ///
    /// @throws AttuneException of kind USER if there is no such file, or it is not a GGUF file or a
    ///   damaged one; ENVIRONMENT if it cannot be read
    public static GgufFile open(Path path) {
        MappedFile file = MappedFile.open(path);
        try {
            return new GgufFile(file, GgufHeader.read(file.bytes(), path));
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /// Where the file is, as it was given to [#open].
    public Path path() {
        return file.path();
    }

    /// The version of the format, 2 or 3.
    public int version() {
        return header.version();
    }

    /// The order of the bytes of every number in the file, those of tensors included.
    public ByteOrder byteOrder() {
        return header.order();
    }

    /// The bytes that each tensor's place in the data is a multiple of.
    public long alignment() {
        return header.alignment();
    }

    /// The key-value pairs.
    public GgufMetadata metadata() {
        return header.metadata();
    }

    /// The tensors by name, in the order of the file; unmodifiable.
    public Map<String, GgufTensor> tensors() {
        return header.tensors();
    }

    /// The bytes of a tensor of this file: read-only, in the file's [#byteOrder].
    ///
    /// @throws IllegalArgumentException if the entry is not one of this file's
    public MemorySegment bytes(GgufTensor tensor) {
        if (!tensor.equals(tensors().get(tensor.name()))) {
            throw new IllegalArgumentException(tensor + " is not a tensor of " + path());
        }
        return file.bytes().asSlice(tensor.offset(), tensor.byteLength());
    }

    /// The bytes of the tensor of that name, as [#bytes(GgufTensor)].
    ///
    /// @throws AttuneException of kind USER, with the nearest name, if there is none
    public MemorySegment bytes(String name) {
        GgufTensor tensor = tensors().get(name);
        if (tensor == null) {
            throw Shown.noTensor(name, tensors().keySet(), path());
        }
        return bytes(tensor);
    }

    /// The values of a tensor as [GgmlFloats#decode] takes them: its bytes, or where the file is
    /// big-endian a copy with the numbers the other way round.
    ///
    /// @throws IllegalArgumentException if the entry is not one of this file's, or its type is not
    ///   one that is handled
    public MemorySegment blocks(GgufTensor tensor) {
        MemorySegment bytes = bytes(tensor);
        return byteOrder() == ByteOrder.LITTLE_ENDIAN
                ? bytes
                : SwappedBlocks.of(tensor.type(), bytes);
    }

    /// Unmaps the file. Closing again does nothing.
    @Override
    public void close() {
        file.close();
    }
}
