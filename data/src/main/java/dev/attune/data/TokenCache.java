package dev.attune.data;

import dev.attune.text.TokenSequence;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.List;
import java.util.zip.CRC32C;

/// Tokenised rows in a file that is mapped, not loaded: it may be larger than memory and than 2
/// GiB.
///
/// Opening reads all of the file once, to check it; nothing unchecked is ever given. Whoever opens
/// it closes it, after which no row may be asked for. Any thread may read.
public final class TokenCache implements TokenRows, AutoCloseable {
    static final int ENTRY_BYTES = 16;
    static final int ROW_HEADER_BYTES = 24;

    private static final long CHUNK_BYTES = 1L << 24;
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Arena arena;
    private final MemorySegment file;
    private final CacheHeader header;
    private final List<Path> files;

    private TokenCache(Arena arena, MemorySegment file, CacheHeader header, List<Path> files) {
        this.arena = arena;
        this.file = file;
        this.header = header;
        this.files = List.copyOf(files);
    }

    /// Opens the cache of `files` under `key`, and checks all of it.
    ///
    /// @throws CacheFault if it cannot be used
    static TokenCache open(Path path, String key, List<Path> files) throws CacheFault {
        if (!Files.exists(path)) {
            throw new CacheFault(CacheFault.Kind.ABSENT, "there is none");
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment file =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            TokenCache cache = checked(arena, file, files);
            cache.requireKey(key);
            return cache;
        } catch (NoSuchFileException e) {
            arena.close();
            throw new CacheFault(CacheFault.Kind.ABSENT, "there is none");
        } catch (IOException e) {
            arena.close();
            throw new CacheFault(
                    CacheFault.Kind.DAMAGED, "the file cannot be read: " + IoFault.reason(e));
        } catch (CacheFault e) {
            arena.close();
            throw e;
        }
    }

    /// Checks all of a file but its key; closing the cache closes `arena`.
    static TokenCache checked(Arena arena, MemorySegment file, List<Path> files) throws CacheFault {
        TokenCache cache = new TokenCache(arena, file, CacheHeader.read(file), files);
        cache.requireChecksum();
        cache.requireRows();
        return cache;
    }

    @Override
    public int rows() {
        return (int) header.rows();
    }

    /// How many tokens all rows have.
    public long tokens() {
        return header.tokens();
    }

    /// How many of the tokens are to be learned.
    public long trainedTokens() {
        return header.trainedTokens();
    }

    /// How many rows a chat template wrote; the others stand as they were given.
    public long templatedRows() {
        return header.templatedRows();
    }

    /// What the content depends on: SHA-256 of the data, the encoder's key and the settings, in
    /// hexadecimal.
    public String key() {
        return header.key();
    }

    @Override
    public int length(int row) {
        return file.get(INT, entry(row) + 8);
    }

    /// How many tokens of row `row` are to be learned.
    public int trainedTokens(int row) {
        return file.get(INT, entry(row) + 12);
    }

    @Override
    public TokenSequence row(int row) {
        int[] ids = new int[length(row)];
        long at = block(row) + ROW_HEADER_BYTES;
        MemorySegment.copy(file, INT, at, ids, 0, ids.length);
        long[] words = new long[words(ids.length)];
        MemorySegment.copy(file, LONG, at + idBytes(ids.length), words, 0, words.length);
        return new TokenSequence(ids, BitSet.valueOf(words));
    }

    @Override
    public Origin origin(int row) {
        long block = block(row);
        Path path = files.get(file.get(INT, block));
        return new Origin(path, file.get(LONG, block + 8), file.get(LONG, block + 16));
    }

    /// The notes of the encoder on row `row`.
    public List<String> notes(int row) {
        long block = block(row);
        int bytes = file.get(INT, block + 4);
        int length = length(row);
        long at = block + ROW_HEADER_BYTES + idBytes(length) + 8L * words(length);
        byte[] utf8 = file.asSlice(at, bytes).toArray(ValueLayout.JAVA_BYTE);
        String notes = new String(utf8, StandardCharsets.UTF_8);
        return notes.isEmpty() ? List.of() : List.of(notes.split("\n", -1));
    }

    /// Gives the mapping back.
    @Override
    public void close() {
        arena.close();
    }

    /// The bytes of so many ids, filled up to a multiple of eight.
    static long idBytes(int tokens) {
        return (4L * tokens + 7) & ~7L;
    }

    /// The words of a bit for each of so many tokens.
    static int words(int tokens) {
        return (int) ((tokens + 63L) / 64);
    }

    private long entry(int row) {
        if (row < 0 || row >= header.rows()) {
            throw new IndexOutOfBoundsException("row " + row + " of " + header.rows());
        }
        return header.indexOffset() + (long) row * ENTRY_BYTES;
    }

    private long block(int row) {
        return file.get(LONG, entry(row));
    }

    private void requireKey(String key) throws CacheFault {
        if (!header.key().equals(key)) {
            throw new CacheFault(
                    CacheFault.Kind.STALE, "it is of other data, template, tokenizer or settings");
        }
    }

    private void requireChecksum() throws CacheFault {
        CRC32C checksum = new CRC32C();
        for (long at = CacheHeader.BYTES; at < file.byteSize(); at += CHUNK_BYTES) {
            long part = Math.min(CHUNK_BYTES, file.byteSize() - at);
            checksum.update(file.asSlice(at, part).asByteBuffer());
        }
        if (checksum.getValue() != header.bodyChecksum()) {
            throw damaged("the checksum of the content is wrong");
        }
    }

    /// Requires that the blocks of the rows tile the body. A right checksum says who wrote the
    /// file, not that it is right: no offset is followed before this.
    private void requireRows() throws CacheFault {
        if (header.files() != files.size()) {
            throw damaged("the number of data files is " + header.files());
        }
        long at = CacheHeader.BYTES;
        long tokens = 0;
        long trained = 0;
        for (int row = 0; row < header.rows(); row++) {
            int length = length(row);
            int trainedOfRow = trainedTokens(row);
            if (block(row) != at || length < 0 || trainedOfRow < 0 || trainedOfRow > length) {
                throw damaged("the index is wrong at row " + row);
            }
            at = endOfBlock(row, at, length);
            tokens += length;
            trained += trainedOfRow;
        }
        if (at != header.indexOffset()
                || tokens != header.tokens()
                || trained != header.trainedTokens()) {
            throw damaged("the sums of the rows differ from the header");
        }
    }

    private long endOfBlock(int row, long at, int length) throws CacheFault {
        long body = at + ROW_HEADER_BYTES;
        long fixedEnd = body + idBytes(length) + 8L * words(length);
        if (fixedEnd > header.indexOffset()) {
            throw damaged("row " + row + " is longer than the file");
        }
        int fileIndex = file.get(INT, at);
        int noteBytes = file.get(INT, at + 4);
        boolean stray = length % 64 != 0 && file.get(LONG, fixedEnd - 8) >>> (length % 64) != 0;
        boolean sound =
                fileIndex >= 0
                        && fileIndex < files.size()
                        && noteBytes >= 0
                        && file.get(LONG, at + 8) >= 1
                        && file.get(LONG, at + 16) >= 0
                        && !stray;
        long end = fixedEnd + ((noteBytes + 7L) & ~7L);
        if (!sound || end > header.indexOffset()) {
            throw damaged("row " + row + " contradicts itself");
        }
        return end;
    }

    private static CacheFault damaged(String what) {
        return new CacheFault(CacheFault.Kind.DAMAGED, what);
    }
}
