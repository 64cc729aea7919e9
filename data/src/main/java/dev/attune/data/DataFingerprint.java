package dev.attune.data;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/// The content of data files as one SHA-256 each, with what shows whether they change meanwhile.
/// Names do not count: a file that was moved is the same data.
record DataFingerprint(List<FileState> files) {
    private static final int BUFFER_BYTES = 1 << 18;

    private static final long MEGABYTE = 1_000_000;

    /// Reads all of `files`.
    ///
    /// @throws AttuneException of kind USER if one is missing
    static DataFingerprint of(List<Path> files, Progress progress) {
        List<FileState> states = new ArrayList<>();
        long total = files.stream().mapToLong(file -> file.toFile().length()).sum();
        progress.begins("MB looked at for a change", total);
        long before = 0;
        for (Path file : files) {
            long done = before;
            FileState state =
                    FileState.of(
                            Source.of(file),
                            bytes -> progress.at((done + bytes) / MEGABYTE, done + bytes));
            before += state.bytes;
            states.add(state);
        }
        return new DataFingerprint(List.copyOf(states));
    }

    /// The key of a cache of this data: SHA-256 over the layout's version, the files, the encoder's
    /// key, the renamed columns, and the settings in the order of their names, each text with its
    /// length before it.
    String key(TokenJob job) {
        MessageDigest digest = newSha256();
        text(digest, "attune token cache " + CacheHeader.VERSION);
        text(digest, Integer.toString(files.size()));
        files.forEach(file -> text(digest, file.sha256));
        text(digest, job.encoder().key());
        job.columns()
                .from()
                .forEach((name, old) -> {
                    text(digest, "column " + name);
                    text(digest, old);
                });
        new TreeMap<>(job.settings())
                .forEach((name, value) -> {
                    text(digest, name);
                    text(digest, value);
                });
        return HexFormat.of().formatHex(digest.digest());
    }

    /// Requires that no file was changed since it was read.
    void requireUnchanged() {
        for (FileState state : files) {
            if (!state.isUnchanged()) {
                throw AttuneException.user("The file was changed while it was being read.")
                        .at(state.file)
                        .fix("Run again once nothing writes to it any more.");
            }
        }
    }

    /// One file at one time.
    record FileState(Path file, long bytes, FileTime modified, String sha256) {
        static FileState of(Source source, LongConsumer read) {
            MessageDigest digest = newSha256();
            try (InputStream in = source.open()) {
                long bytes = Files.size(source.file());
                FileTime modified = Files.getLastModifiedTime(source.file());
                byte[] buffer = new byte[BUFFER_BYTES];
                // A file that grows while it is read is found to have changed, and ends here.
                for (long left = bytes; left > 0; ) {
                    int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                    left = n < 0 ? 0 : left - n;
                    digest.update(buffer, 0, Math.max(0, n));
                    read.accept(bytes - left);
                }
                String sha256 = HexFormat.of().formatHex(digest.digest());
                return new FileState(source.file(), bytes, modified, sha256);
            } catch (IOException e) {
                throw source.failed(e);
            }
        }

        boolean isUnchanged() {
            try {
                return Files.size(file) == bytes
                        && Files.getLastModifiedTime(file).equals(modified);
            } catch (IOException e) {
                return false;
            }
        }
    }

    private static void text(MessageDigest digest, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(4).putInt(utf8.length).array());
        digest.update(utf8);
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
