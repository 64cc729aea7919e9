package dev.attune.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/// Decodes UTF-8 without ever replacing a byte, tells where the first wrong byte stands, and gives
/// no more characters for a row than were allowed. A byte order mark at the start is passed over.
final class StrictUtf8Reader extends Reader {
    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES).flip();
    private long bytesBefore;
    private long line = 1;
    private long budgetChars;
    private boolean atStart = true;
    private boolean ended;

    StrictUtf8Reader(InputStream in) {
        this.in = in;
        allowRow();
    }

    /// Begins to count the characters of a row afresh.
    void allowRow() {
        budgetChars = Source.MAX_ROW_BYTES;
    }

    /// Where the first byte that is not UTF-8 stands in `bytes`.
    static OptionalInt wrongByte(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(8192);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CoderResult result;
        do {
            out.clear();
            result = decoder.decode(in, out, true);
        } while (result.isOverflow());
        return result.isError() ? OptionalInt.of(in.position()) : OptionalInt.empty();
    }

    @Override
    public int read(char[] into, int offset, int length) throws IOException {
        if (budgetChars <= 0) {
            throw new Refused(
                    "it is longer than %,d bytes.".formatted(Source.MAX_ROW_BYTES),
                    "Split the row; a row of text that long is no example.");
        }
        CharBuffer out = CharBuffer.wrap(into, offset, length);
        while (true) {
            int from = bytes.position();
            CoderResult result = decoder.decode(bytes, out, ended);
            count(from, bytes.position());
            int given = out.position() - offset;
            if (given > 0) {
                budgetChars -= given;
                return given;
            }
            if (result.isError()) {
                throw wrong();
            }
            if (result.isOverflow()) {
                throw new IllegalArgumentException("no room for a surrogate pair");
            }
            if (ended) {
                return -1;
            }
            fill();
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void fill() throws IOException {
        bytesBefore += bytes.position();
        bytes.compact();
        int more = in.read(bytes.array(), bytes.position(), bytes.remaining());
        if (more < 0) {
            ended = true;
        } else {
            bytes.position(bytes.position() + more);
        }
        bytes.flip();
        if (atStart && (bytes.remaining() >= 3 || ended)) {
            atStart = false;
            if (Source.startsWithMark(bytes)) {
                bytes.position(3);
            }
        } else if (atStart) {
            fill();
        }
    }

    private void count(int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes.get(i) == '\n') {
                line++;
            }
        }
    }

    private Refused wrong() {
        return new Refused(
                "line %d is not UTF-8: 0x%02x at byte %d of the file."
                        .formatted(
                                line, bytes.get(bytes.position()), bytesBefore + bytes.position()),
                Source.SAVE_AS_UTF8);
    }

    /// The bytes cannot be taken as text.
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1;
        private final String what;
        private final String fix;

        Refused(String what, String fix) {
            super(what);
            this.what = what;
            this.fix = fix;
        }

        String what() {
            return what;
        }

        String fix() {
            return fix;
        }
    }
}
