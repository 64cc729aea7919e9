package dev.attune.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// How far into a file its reader is, in bytes of the disk, packed as they are there. A file that
/// is opened several times is as far as it was read last. Not thread-safe.
final class BytesRead {
    private long at;

    long at() {
        return at;
    }

    /// The reader says itself how far it is.
    void set(long bytes) {
        at = bytes;
    }

    /// The same bytes, counted.
    InputStream counted(InputStream in) {
        return new Counting(in);
    }

    private final class Counting extends FilterInputStream {
        private long read;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            seen(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = in.read(into, offset, length);
            seen(Math.max(0, count));
            return count;
        }

        private void seen(int count) {
            read += count;
            at = read;
        }
    }
}
