package dev.attune.data;

import dev.attune.base.AttuneException;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// Bytes that are appended and read again from any place: in memory as long as they are few, else
/// in a temporary file that has no name any more once it is open, so that nothing is left behind
/// however the program ends.
///
/// Whoever creates it closes it. Not thread-safe.
final class SpillFile implements AutoCloseable {
    private final int memoryBytes;
    private ByteBuffer pending;
    private Optional<FileChannel> file = Optional.empty();
    private long writtenBytes;

    /// @param memoryBytes how many bytes wait in memory before they are written
    SpillFile(int memoryBytes) {
        this.memoryBytes = memoryBytes;
        this.pending = ByteBuffer.allocate(Math.min(memoryBytes, 1 << 16));
    }

    /// Appends what remains of `bytes`.
    ///
    /// @return where they begin
    long append(ByteBuffer bytes) {
        if (pending.remaining() < bytes.remaining()) {
            makeRoom(bytes.remaining());
        }
        long at = writtenBytes + pending.position();
        pending.put(bytes);
        return at;
    }

    /// How many bytes there are.
    long size() {
        return writtenBytes + pending.position();
    }

    /// `length` bytes from `from` on.
    ByteBuffer read(long from, int length) {
        ByteBuffer into = ByteBuffer.allocate(length);
        long at = from;
        try {
            while (at < writtenBytes && into.hasRemaining()) {
                int before = into.position();
                if (file.isEmpty() || file.get().read(into, at) < 0) {
                    throw new EOFException("it has become shorter");
                }
                at += into.position() - before;
            }
        } catch (IOException e) {
            throw failed(e);
        }
        if (into.hasRemaining()) {
            into.put(pending.array(), Math.toIntExact(at - writtenBytes), into.remaining());
        }
        return into.flip();
    }

    private void makeRoom(int bytes) {
        int wanted = pending.position() + bytes;
        if (wanted <= memoryBytes) {
            int size = Math.clamp(2L * pending.capacity(), wanted, memoryBytes);
            pending = ByteBuffer.allocate(size).put(pending.flip());
            return;
        }
        pending.flip();
        try {
            if (file.isEmpty()) {
                file = Optional.of(opened());
            }
            while (pending.hasRemaining()) {
                writtenBytes += file.get().write(pending, writtenBytes);
            }
        } catch (IOException e) {
            throw failed(e);
        }
        pending.clear();
        if (pending.capacity() < bytes) {
            pending = ByteBuffer.allocate(bytes);
        }
    }

    private static FileChannel opened() throws IOException {
        Path path = Files.createTempFile("attune", ".spill");
        return FileChannel.open(
                path,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    private static AttuneException failed(IOException e) {
        return AttuneException.resources(
                        "What does not fit into memory cannot be kept in a temporary file: "
                                + IoFault.reason(e)
                                + ".")
                .fix(
                        "Make room there, or name another folder with"
                                + " ATTUNE_JAVA_OPTS=-Djava.io.tmpdir=FOLDER.")
                .causedBy(e);
    }

    @Override
    public void close() {
        if (file.isPresent()) {
            try {
                file.get().close();
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }
}
