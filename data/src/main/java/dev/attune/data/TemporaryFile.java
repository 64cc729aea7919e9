package dev.attune.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The name of a file that is being written, and that is deleted should the process end before the
/// file is whole: by Ctrl-C or a polite kill. After `kill -9` or a power cut it stays.
///
/// Whoever creates it closes it, once the file has its own name or is deleted. Thread-safe.
final class TemporaryFile implements AutoCloseable {
    private final Path path;
    private final Thread removal;

    private TemporaryFile(Path path) {
        this.path = path;
        this.removal = new Thread(this::remove, "remove " + path.getFileName());
    }

    /// Watches over `path`, which need not exist yet.
    static TemporaryFile at(Path path) {
        TemporaryFile file = new TemporaryFile(path);
        try {
            Runtime.getRuntime().addShutdownHook(file.removal);
        } catch (IllegalStateException e) {
            // The process is ending already, and whoever writes will not come to an end of it.
            file.remove();
        }
        return file;
    }

    Path path() {
        return path;
    }

    /// Watches no longer; the file is left as it is.
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(removal);
        } catch (IllegalStateException e) {
            // The process is ending: the hook runs or has run.
            remove();
        }
    }

    private void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException _) {
            // The process is ending, and nobody is left who could be told.
        }
    }
}
