package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.format.IoFault;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// Keeps two processes from writing one run. The operating system lets go of it when a process
/// ends, however it ends.
final class RunLock implements AutoCloseable {
    private static final String NAME = ".lock";

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Takes the lock of a run.
    ///
    /// @throws AttuneException of kind USER if another process has it
    static RunLock of(RunFolder folder) {
        Path file = folder.path().resolve(NAME);
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

    /// Whether a process has the lock of a run; empty where that cannot be told, such as in a copy
    /// of the folder, which has none.
    ///
    /// Not for the process that has the lock: on some systems it would lose it.
    static Optional<Boolean> isTaken(RunFolder folder) {
        try (FileChannel channel =
                FileChannel.open(folder.path().resolve(NAME), StandardOpenOption.READ)) {
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true);
            return Optional.of(lock == null);
        } catch (OverlappingFileLockException _) {
            return Optional.of(true);
        } catch (IOException _) {
            return Optional.empty();
        }
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
