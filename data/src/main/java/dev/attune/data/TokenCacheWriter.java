package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.text.TokenSequence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// Writes a [TokenCache], row by row: in memory are 16 bytes a row and one buffer.
///
/// Whoever creates it closes it; closing before [#finish] leaves nothing behind. Not thread-safe.
final class TokenCacheWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final Path target;
    private final String key;
    private final int files;
    private final Output output;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C checksum = new CRC32C();
    private long flushedTo = CacheHeader.BYTES;
    private long[] index = new long[2048];
    private int rows;
    private long tokens;
    private long trainedTokens;
    private long templatedRows;

    /// Where the bytes go.
    interface Output extends AutoCloseable {
        void write(long position, ByteBuffer bytes) throws IOException;

        void publish() throws IOException;

        @Override
        void close();
    }

    TokenCacheWriter(Path target, String key, int files, Output output) {
        this.target = target;
        this.key = key;
        this.files = files;
        this.output = output;
    }

    /// Begins a cache of so many data files.
    static TokenCacheWriter create(Path target, String key, int files) {
        return new TokenCacheWriter(target, key, files, PendingFile.create(target));
    }

    /// Adds a row, which came from data file number `file`.
    ///
    /// @throws AttuneException of kind RESOURCES if the disk is full
    void add(int file, Origin origin, EncodedRow row) {
        TokenSequence sequence = row.tokens();
        byte[] notes = String.join("\n", row.notes()).getBytes(StandardCharsets.UTF_8);
        try {
            note(sequence);
            templatedRows += row.templated() ? 1 : 0;
            putInt(file);
            putInt(notes.length);
            putLong(origin.line());
            putLong(origin.row());
            for (int i = 0; i < sequence.length(); i++) {
                putInt(sequence.id(i));
            }
            pad();
            for (int i = 0; i < sequence.length(); i += 64) {
                putLong(word(sequence, i));
            }
            putBytes(notes);
            pad();
        } catch (IOException e) {
            throw IoFault.writing(target, e);
        }
    }

    /// Writes index and header, and gives the file its name.
    void finish() {
        try {
            long indexOffset = at();
            for (int i = 0; i < 2 * rows; i++) {
                putLong(index[i]);
            }
            flush();
            CacheHeader header =
                    new CacheHeader(
                            key,
                            at(),
                            rows,
                            tokens,
                            trainedTokens,
                            templatedRows,
                            indexOffset,
                            files,
                            checksum.getValue());
            output.write(0, header.bytes());
            output.publish();
        } catch (IOException e) {
            throw IoFault.writing(target, e);
        }
    }

    @Override
    public void close() {
        output.close();
    }

    private void note(TokenSequence sequence) {
        if (2 * rows == index.length) {
            if (rows >= 1 << 29) {
                throw AttuneException.user("The data has more than 2^29 rows.")
                        .fix("Split it into several data sets.");
            }
            index = Arrays.copyOf(index, 2 * index.length);
        }
        index[2 * rows] = at();
        index[2 * rows + 1] = sequence.length() | ((long) sequence.trainedTokens() << 32);
        rows++;
        tokens += sequence.length();
        trainedTokens += sequence.trainedTokens();
    }

    private static long word(TokenSequence sequence, int from) {
        long word = 0;
        for (int i = from; i < Math.min(from + 64, sequence.length()); i++) {
            word |= sequence.isTrained(i) ? 1L << (i - from) : 0;
        }
        return word;
    }

    private long at() {
        return flushedTo + buffer.position();
    }

    private void putInt(int value) throws IOException {
        room(4);
        buffer.putInt(value);
    }

    private void putLong(long value) throws IOException {
        room(8);
        buffer.putLong(value);
    }

    private void putBytes(byte[] bytes) throws IOException {
        for (byte value : bytes) {
            room(1);
            buffer.put(value);
        }
    }

    private void pad() throws IOException {
        while (at() % 8 != 0) {
            room(1);
            buffer.put((byte) 0);
        }
    }

    private void room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        checksum.update(buffer.duplicate());
        int bytes = buffer.remaining();
        output.write(flushedTo, buffer);
        flushedTo += bytes;
        buffer.clear();
    }
}
