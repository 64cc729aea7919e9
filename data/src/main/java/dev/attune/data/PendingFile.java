package dev.attune.data;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/// A file that is written under a temporary name beside its target, and appears under its own name
/// whole or not at all. Ctrl-C deletes what was written.
///
/// Whoever creates it closes it; closing before [#publish] deletes what was written. Not
/// thread-safe, but two processes may write the same target: the later whole file stays.
final class PendingFile implements TokenCacheWriter.Output {
    private final Path target;
    private final TemporaryFile temporary;
    private final FileChannel channel;
    private boolean published;

    private PendingFile(Path target, TemporaryFile temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    /// Begins a file, and makes its folder if need be.
    ///
    /// @throws AttuneException of kind RESOURCES if the disk is full, ENVIRONMENT if it cannot be
    ///   written to
    static PendingFile create(Path target) {
        Path absolute = target.toAbsolutePath();
        Path hidden = absolute.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
        TemporaryFile temporary = TemporaryFile.at(hidden);
        try {
            Files.createDirectories(absolute.resolveSibling("."));
            FileChannel channel =
                    FileChannel.open(
                            hidden, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return new PendingFile(absolute, temporary, channel);
        } catch (IOException e) {
            temporary.close();
            throw IoFault.writing(target, e);
        }
    }

    /// Writes what remains of `bytes` at `position`.
    @Override
    public void write(long position, ByteBuffer bytes) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /// Forces the file to the disk and gives it its name, in place of what had it.
    @Override
    public void publish() throws IOException {
        channel.force(true);
        channel.close();
        Files.move(
                temporary.path(),
                target,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        published = true;
        temporary.close();
    }

    @Override
    public void close() {
        if (published) {
            return;
        }
        try {
            channel.close();
            Files.deleteIfExists(temporary.path());
            temporary.close();
        } catch (IOException e) {
            throw IoFault.writing(temporary.path(), e);
        }
    }
}
