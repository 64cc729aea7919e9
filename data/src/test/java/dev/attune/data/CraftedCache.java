package dev.attune.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/// Token caches in memory, right ones and ones with a right checksum over wrong content.
final class CraftedCache {
    static final String KEY = "ab".repeat(32);
    static final List<Path> FILES = List.of(Path.of("a.jsonl"), Path.of("b.jsonl"));

    private CraftedCache() {}

    /// A cache of three rows: `hello`, nothing, and 70 tokens with two notes.
    static byte[] good() {
        Memory memory = new Memory();
        try (TokenCacheWriter writer = new TokenCacheWriter(FILES.getFirst(), KEY, 2, memory)) {
            add(writer, 0, 1, "hello");
            add(writer, 0, 4, "");
            add(writer, 1, 1, "?" + "y".repeat(69));
            writer.finish();
        }
        return Arrays.copyOf(memory.bytes, memory.length);
    }

    /// The bytes with both checksums set right, if they are enough for a header.
    static byte[] repaired(byte[] cache) {
        if (cache.length < CacheHeader.BYTES) {
            return cache;
        }
        ByteBuffer bytes = ByteBuffer.wrap(cache.clone()).order(ByteOrder.LITTLE_ENDIAN);
        CRC32C body = new CRC32C();
        body.update(cache, CacheHeader.BYTES, cache.length - CacheHeader.BYTES);
        bytes.putLong(96, body.getValue());
        CRC32C header = new CRC32C();
        header.update(bytes.array(), 0, 120);
        return bytes.putLong(120, header.getValue()).array();
    }

    static void add(TokenCacheWriter writer, int file, long line, String text) {
        Origin origin = new Origin(FILES.get(file), line, line - 1);
        Example example = new PlainText(origin, text, Map.of());
        writer.add(file, origin, new ByteEncoder("k").encode(example));
    }

    /// Keeps what is written, up to a limit at which the disk is full.
    static final class Memory implements TokenCacheWriter.Output {
        private byte[] bytes = new byte[1 << 12];
        private int length;
        private long room = Long.MAX_VALUE;
        private boolean published;
        private boolean closed;

        static Memory of(long room) {
            Memory memory = new Memory();
            memory.room = room;
            return memory;
        }

        boolean isPublished() {
            return published;
        }

        boolean isClosed() {
            return closed;
        }

        @Override
        public void write(long position, ByteBuffer from) throws IOException {
            if (position + from.remaining() > room) {
                throw new IOException("No space left on device");
            }
            int end = (int) position + from.remaining();
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length, end));
            length = Math.max(length, end);
            from.get(bytes, (int) position, from.remaining());
        }

        @Override
        public void publish() {
            published = true;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
