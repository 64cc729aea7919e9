package dev.attune.data;

import com.github.luben.zstd.ZstdOutputStream;

import tools.jackson.databind.JsonNode;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/// Writes rows, whole or not at all: in the [RowsLayout] that the name tells, packed where it ends
/// with .gz or .zst.
///
/// Whoever creates it closes it; closing before [#finish] deletes what was written. The same rows
/// give the same bytes.
final class RowsFile implements AutoCloseable {
    private final Path path;
    private final PendingFile file;
    private final OutputStream out;
    private final RowsLayout layout;
    private long rows;

    private RowsFile(Path path, PendingFile file, OutputStream out, RowsLayout layout) {
        this.path = path;
        this.file = file;
        this.out = out;
        this.layout = layout;
    }

    /// Begins a file.
    static RowsFile create(Path path) {
        return create(path, RowsLayout.of(path));
    }

    /// Begins a file of a layout that may have seen its rows before.
    static RowsFile create(Path path, RowsLayout layout) {
        PendingFile file = PendingFile.create(path);
        OutputStream raw = new BufferedOutputStream(new Appending(file), 1 << 16);
        String name = String.valueOf(path.getFileName());
        try {
            OutputStream out =
                    name.endsWith(".gz")
                            ? new GZIPOutputStream(raw, 1 << 16)
                            : name.endsWith(".zst") ? new ZstdOutputStream(raw) : raw;
            return new RowsFile(path, file, out, layout);
        } catch (IOException e) {
            file.close();
            throw IoFault.writing(path, e);
        }
    }

    /// Writes a row.
    ///
    /// @return its number, from 1
    long add(JsonNode row) {
        try {
            write(layout.before(row, rows));
            write(layout.text(row));
            return ++rows;
        } catch (IOException e) {
            throw IoFault.writing(path, e);
        }
    }

    /// How many rows were written.
    long rows() {
        return rows;
    }

    /// Gives the file its name.
    void finish() {
        try {
            write(layout.after(rows));
            out.close();
            file.publish();
        } catch (IOException e) {
            throw IoFault.writing(path, e);
        }
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        file.close();
    }

    /// Appends to a pending file; closing it leaves the file open.
    private static final class Appending extends OutputStream {
        private final PendingFile file;
        private long at;

        Appending(PendingFile file) {
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            file.write(at, ByteBuffer.wrap(bytes, offset, length));
            at += length;
        }
    }
}
