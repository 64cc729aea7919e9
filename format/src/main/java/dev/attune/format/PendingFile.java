package dev.attune.format;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/// A file that is being written under a temporary name beside its target, and appears under its own
/// name whole or not at all.
///
/// ```
/// create ── write ... write ── seal (fsync) ── publish (rename, fsync of the folder) ── close
///    └────────────── close before publish: the temporary file is deleted ──────────────┘
/// ```
///
/// Whoever creates it closes it. Not thread-safe.
public final class PendingFile implements AutoCloseable {
    private static final long CHUNK_BYTES = 4L << 20;

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private boolean published;

    private PendingFile(Path target, Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    /// Begins a file that will take `bytes` and replace what is at `target`.
    ///
    /// @throws AttuneException of kind USER if the folder is missing or the target is a folder,
    ///   RESOURCES if the disk has not that much space, ENVIRONMENT if it cannot be written to
    public static PendingFile create(Path target, long bytes) {
        Path folder = folder(target);
        if (Files.isDirectory(target)) {
            throw AttuneException.user("The file to write is a folder.")
                    .at(target)
                    .fix("Name another file, or move the folder away.");
        }
        requireSpace(folder, bytes);
        Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID());
        try {
            FileChannel channel =
                    FileChannel.open(
                            temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return new PendingFile(target, temporary, channel);
        } catch (ReadOnlyFileSystemException e) {
            throw IoFault.writing(target, e);
        } catch (IOException e) {
            throw IoFault.writing(target, e);
        }
    }

    /// Refuses to begin what cannot end: checks that the disk of `folder` has `bytes` free. A file
    /// system that reports nothing free is believed only once a write fails.
    static void requireSpace(Path folder, long bytes) {
        if (!Files.isDirectory(folder)) {
            throw AttuneException.user("The folder to write to does not exist.")
                    .at(folder)
                    .fix("Make it, or check the spelling of the path.");
        }
        long free;
        try {
            free = Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            throw IoFault.writing(folder, e);
        }
        if (free > 0 && free < bytes) {
            throw AttuneException.resources(
                            "Writing needs %d bytes, but the disk has only %d free."
                                    .formatted(bytes, free))
                    .at(folder)
                    .fix("Free some space, or write to another disk.");
        }
    }

    /// Writes all of `bytes` at `position`, counted from the start of the file.
    public void write(long position, MemorySegment bytes) {
        try (Arena arena = Arena.ofConfined()) {
            // Staged through native memory, so that a segment of any kind and size will do.
            MemorySegment staging = arena.allocate(Math.min(CHUNK_BYTES, bytes.byteSize()));
            for (long done = 0; done < bytes.byteSize(); done += CHUNK_BYTES) {
                long part = Math.min(CHUNK_BYTES, bytes.byteSize() - done);
                MemorySegment.copy(bytes, done, staging, 0, part);
                writeFully(staging.asSlice(0, part).asByteBuffer(), position + done);
            }
        } catch (IOException e) {
            throw IoFault.writing(target, e);
        }
    }

    /// Forces what was written to the disk; [#publish] is then all that is left to do.
    public void seal() {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw IoFault.writing(target, e);
        }
    }

    /// Gives the sealed file its name, in place of what had it.
    public void publish() {
        try {
            channel.close();
            Files.move(
                    temporary,
                    target,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            published = true;
            forceFolder(folder(target));
        } catch (IOException e) {
            throw IoFault.writing(target, e);
        }
    }

    /// Deletes the temporary file unless it was published. Closing again does nothing.
    @Override
    public void close() {
        if (published) {
            return;
        }
        try {
            channel.close();
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw IoFault.writing(temporary, e);
        }
    }

    private void writeFully(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /// Makes the new name itself durable; only POSIX systems can and need to.
    private static void forceFolder(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    private static Path folder(Path target) {
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null) {
            throw AttuneException.user("The file to write is the root folder.")
                    .at(target)
                    .fix("Name a file.");
        }
        return folder;
    }
}
