package dev.attune.hub;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/// Brings one file's content into `blobs/`: continued, tried again, checked, and only then named.
final class BlobDownload {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final long PROGRESS_BYTES = 1 << 20;

    private final HubHttp http;
    private final Waiting waiting;
    private final PullListener listener;
    private final Target target;
    private long received;

    /// What is fetched, and to where.
    ///
    /// @param file its path, size and checksum
    /// @param address where its content is
    /// @param blob where it comes to stand
    /// @param incomplete where it grows
    /// @param lock the file whose lock gives the right to write
    record Target(HubFile file, URI address, Path blob, Path incomplete, Path lock) {
        /// Whether the blob is here already.
        boolean isHere() throws IOException {
            return Files.isRegularFile(blob) && Files.size(blob) == file.size();
        }

        /// How many bytes an earlier download left.
        long kept() throws IOException {
            return Files.exists(incomplete) ? Files.size(incomplete) : 0;
        }
    }

    BlobDownload(HubHttp http, Waiting waiting, PullListener listener, Target target) {
        this.http = http;
        this.waiting = waiting;
        this.listener = listener;
        this.target = target;
    }

    /// Fetches it unless it is here.
    ///
    /// @return the bytes that came over the network
    /// @throws AttuneException if what comes has the wrong checksum twice
    long run() throws IOException, InterruptedException {
        if (!target.isHere()) {
            Files.createDirectories(target.blob().getParent());
            try (var _ = BlobLock.acquire(target.lock(), waiting, listener)) {
                if (!target.isHere() && !fetch()) {
                    listener.notice(
                            target.file().path() + " has the wrong checksum; fetched once more");
                    if (!fetch()) {
                        throw wrong();
                    }
                }
            }
        }
        listener.progress(target.file().path(), target.file().size(), target.file().size());
        return received;
    }

    /// @return false, and nothing left, if the checksum is wrong
    private boolean fetch() throws IOException, InterruptedException {
        if (target.kept() > target.file().size()) {
            Files.delete(target.incomplete());
        }
        Patience patience = new Patience(waiting, listener);
        long kept = target.kept();
        while (kept < target.file().size() || !Files.exists(target.incomplete())) {
            try {
                receive(kept);
            } catch (HubFailure e) {
                if (target.kept() - kept >= PROGRESS_BYTES) {
                    patience.progressed();
                }
                patience.after(e);
            }
            kept = target.kept();
        }
        if (!target.file().checksum(target.incomplete()).equals(target.file().etag())) {
            Files.delete(target.incomplete());
            return false;
        }
        Files.move(
                target.incomplete(),
                target.blob(),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        return true;
    }

    private void receive(long kept) throws IOException, InterruptedException {
        Stopped.ifAskedBy(listener);
        Map<String, String> range = kept > 0 ? Map.of("Range", "bytes=" + kept + "-") : Map.of();
        HttpResponse<InputStream> answer;
        try {
            answer = http.open(target.address(), range);
        } catch (HubFailure e) {
            if (e.status() == 416) {
                Files.deleteIfExists(target.incomplete());
                throw HubFailure.cut(target.address(), "cannot continue; begun anew");
            }
            throw e;
        }
        try (InputStream body = answer.body()) {
            write(body, continued(answer, kept) ? kept : 0);
        }
    }

    /// Whether the answer is the rest that was asked for; a server may send the whole instead.
    private boolean continued(HttpResponse<InputStream> answer, long kept) throws IOException {
        if (answer.statusCode() == 200) {
            return false;
        }
        String range = answer.headers().firstValue("Content-Range").orElse("");
        if (!range.startsWith("bytes " + kept + "-")) {
            Files.deleteIfExists(target.incomplete());
            throw HubFailure.cut(target.address(), "sends another part than asked for");
        }
        return true;
    }

    private void write(InputStream body, long from) throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long size = target.file().size();
        long done = from;
        listener.progress(target.file().path(), done, size);
        try (FileChannel out =
                        FileChannel.open(
                                target.incomplete(),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                StallGuard guard = new StallGuard(body, waiting.patience())) {
            out.truncate(from).position(from);
            while (done < size) {
                int read = read(body, buffer, (int) Math.min(buffer.length, size - done));
                guard.arrived();
                ByteBuffer piece = ByteBuffer.wrap(buffer, 0, read);
                while (piece.hasRemaining()) {
                    out.write(piece);
                }
                done += read;
                received += read;
                if (done < size) {
                    listener.progress(target.file().path(), done, size);
                }
                Stopped.ifAskedBy(listener);
            }
            out.force(true);
        }
    }

    /// @throws HubFailure if the body ends; errors of the disk are left as they are, elsewhere
    private int read(InputStream body, byte[] buffer, int length)
            throws HubFailure, InterruptedException {
        int read;
        try {
            read = body.read(buffer, 0, length);
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw HubFailure.of(target.address(), e);
        }
        if (read < 0) {
            throw HubFailure.cut(target.address(), "ended too early");
        }
        return read;
    }

    private AttuneException wrong() {
        return AttuneException.environment(
                        target.file().path()
                                + " came twice with the wrong checksum; expected "
                                + target.file().etag()
                                + ". Nothing of it was kept.")
                .at(target.address())
                .fix("Try again later; if HF_ENDPOINT names a mirror, try without it.");
    }
}
