package dev.attune.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// The bytes of one line after the other. Of a line that is longer than a row may be, the rest is
/// counted and not held. A byte order mark is no part of the first line.
final class LineBytes implements AutoCloseable {
    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int filled;
    private byte[] held = new byte[1 << 12];
    private int heldBytes;
    private long lineBytes;
    private long line;
    private long lineStart;
    private long consumed;
    private boolean ended;

    LineBytes(InputStream in) {
        this.in = in;
    }

    /// Goes to the next line; false if there is none.
    boolean advance() throws IOException {
        heldBytes = 0;
        lineBytes = 0;
        lineStart = consumed;
        while (true) {
            if (at == filled && !fill()) {
                boolean any = lineBytes > 0;
                line += any ? 1 : 0;
                finish();
                return any;
            }
            int end = at;
            while (end < filled && buffer[end] != '\n') {
                end++;
            }
            take(end - at);
            consumed += end - at;
            at = end;
            if (at < filled) {
                at++;
                consumed++;
                line++;
                finish();
                return true;
            }
        }
    }

    /// The 1-based number of the line.
    long line() {
        return line;
    }

    /// Where the line's [#bytes] begin in the file.
    long lineStart() {
        return lineStart;
    }

    /// How many bytes the line has, without its end.
    long lineBytes() {
        return lineBytes;
    }

    boolean isTooLong() {
        return lineBytes > Source.MAX_ROW_BYTES;
    }

    boolean isBlank() {
        for (int i = 0; i < heldBytes; i++) {
            if (held[i] != ' ' && held[i] != '\t' && held[i] != '\r') {
                return false;
            }
        }
        return !isTooLong();
    }

    byte[] bytes() {
        return Arrays.copyOf(held, heldBytes);
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            // Everything wanted was read: there is nothing that the caller could do.
            ended = true;
        }
    }

    private void finish() {
        boolean marked =
                line == 1
                        && heldBytes >= 3
                        && held[0] == (byte) 0xef
                        && held[1] == (byte) 0xbb
                        && held[2] == (byte) 0xbf;
        if (marked) {
            System.arraycopy(held, 3, held, 0, heldBytes - 3);
            heldBytes -= 3;
            lineStart += 3;
        }
        if (heldBytes > 0 && held[heldBytes - 1] == '\r') {
            heldBytes--;
        }
    }

    private void take(int bytes) {
        int wanted = Math.min(bytes, Source.MAX_ROW_BYTES - heldBytes);
        if (heldBytes + wanted > held.length) {
            held = Arrays.copyOf(held, Math.max(heldBytes + wanted, held.length * 2));
        }
        System.arraycopy(buffer, at, held, heldBytes, wanted);
        heldBytes += wanted;
        lineBytes += bytes;
    }

    private boolean fill() throws IOException {
        if (ended) {
            return false;
        }
        at = 0;
        filled = Math.max(0, in.read(buffer));
        ended = filled == 0;
        return !ended;
    }
}
