package dev.attune.format;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A whole file, mapped into memory to be read: bytes come from disk when they are touched.
///
/// Whoever opens it closes it. Any thread may read; after [#close] every segment of it throws
/// `IllegalStateException`.
final class MappedFile implements AutoCloseable {
    private final Path path;
    private final Arena arena;
    private final MemorySegment bytes;

    private MappedFile(Path path, Arena arena, MemorySegment bytes) {
        this.path = path;
        this.arena = arena;
        this.bytes = bytes;
    }

    /// Maps the file.
    ///
    /// @throws AttuneException of kind USER if there is no such file; ENVIRONMENT if it cannot be
    ///   read
    static MappedFile open(Path path) {
        IoFault.requireFile(path);
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            return new MappedFile(path, arena, bytes);
        } catch (IOException e) {
            arena.close();
            throw IoFault.reading(path, e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /// Where the file is, as it was given to [#open].
    Path path() {
        return path;
    }

    /// All of its bytes.
    MemorySegment bytes() {
        return bytes;
    }

    /// Unmaps the file. Closing again does nothing.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
