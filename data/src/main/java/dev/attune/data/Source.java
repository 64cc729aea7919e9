package dev.attune.data;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/// Bytes that can be read from their start as often as needed, and the file they are called by.
///
/// @param read how far into the file its last reader is
record Source(Path file, Opening opening, BytesRead read) {
    /// No row may be longer: 4 million tokens or so. What is beyond is passed over, not held.
    static final int MAX_ROW_BYTES = 16 << 20;

    static final String SAVE_AS_UTF8 = "Save the file as UTF-8.";

    /// Bytes that nobody counts.
    Source(Path file, Opening opening) {
        this(file, opening, new BytesRead());
    }

    /// Opens the bytes.
    @FunctionalInterface
    interface Opening {
        InputStream open() throws IOException;
    }

    /// A file, which must be there and be a plain one.
    static Source of(Path file) {
        if (!Files.exists(file)) {
            throw AttuneException.user("There is no such file.")
                    .at(file)
                    .fix("Check the path of the data set.");
        }
        if (!Files.isRegularFile(file)) {
            throw AttuneException.user("This is a folder or a device; expected a file.")
                    .at(file)
                    .fix("Name the files of the data set themselves.");
        }
        BytesRead read = new BytesRead();
        return new Source(file, () -> read.counted(Files.newInputStream(file)), read);
    }

    /// Opens the bytes from their start; the caller closes.
    InputStream open() {
        try {
            return opening.open();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Reading failed, for a reason that is not in the bytes.
    AttuneException failed(IOException e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof Packed.Broken broken) {
                return AttuneException.user(
                                "The file is packed with %s and damaged, or cut short: %s."
                                        .formatted(
                                                broken.format(),
                                                Quoted.plain(String.valueOf(broken.getMessage()))))
                        .at(file)
                        .fix("Copy or download it again.")
                        .causedBy(e);
            }
        }
        return AttuneException.environment("The file cannot be read: " + IoFault.reason(e) + ".")
                .at(file)
                .fix("Check its rights, and the disk or network mount that it is on.")
                .causedBy(e);
    }

    static boolean startsWithMark(ByteBuffer bytes) {
        int at = bytes.position();
        return bytes.remaining() >= 3
                && bytes.get(at) == (byte) 0xef
                && bytes.get(at + 1) == (byte) 0xbb
                && bytes.get(at + 2) == (byte) 0xbf;
    }
}
