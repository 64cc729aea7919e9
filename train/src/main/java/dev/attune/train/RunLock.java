package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.format.IoFault;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Keeps two processes from writing one run. The operating system lets go of it when a process
/// ends, however it ends.
final class RunLock implements AutoCloseable {
    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Takes the lock of a run.
    ///
    /// @throws AttuneException of kind USER if another process has it
    static RunLock of(RunFolder folder) {
        Path file = folder.path().resolve(".lock");
        try {
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (isFree(channel)) {
                return new RunLock(channel);
            }
            channel.close();
        } catch (IOException e) {
            throw IoFault.writing(file, e);
        }
        throw AttuneException.user("This run is going on in another process.")
                .at(folder.path())
                .fix("Wait for it, or stop it first.");
    }

    private static boolean isFree(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
