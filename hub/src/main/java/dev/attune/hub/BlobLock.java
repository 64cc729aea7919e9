package dev.attune.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/// The right to write one blob, held by one thread of one process; closed by its holder.
///
/// The lock file stays, as it does with Python's tools: removing it while another process opens it
/// would give the right to two.
final class BlobLock implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final FileChannel channel;

    private BlobLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Waits until nobody else has it.
    ///
    /// @throws Stopped if the listener does not want to wait any longer
    static BlobLock acquire(Path file, Waiting waiting, PullListener listener)
            throws IOException, InterruptedException {
        Files.createDirectories(file.getParent());
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean held = false;
        boolean told = false;
        try {
            while (!held) {
                held = tryLock(channel);
                if (!held) {
                    if (!told) {
                        listener.notice("Waiting: another process is downloading the same file");
                        told = true;
                    }
                    Stopped.ifAskedBy(listener);
                    waiting.sleeper().sleep(POLL);
                }
            }
            return new BlobLock(channel);
        } finally {
            if (!held) {
                channel.close();
            }
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    /// Gives it back.
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
