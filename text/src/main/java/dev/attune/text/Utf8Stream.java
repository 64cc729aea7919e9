package dev.attune.text;

/// Decodes UTF-8 byte by byte: a character comes out with its last byte, and what can be no part of
/// one as U+FFFD, one for each longest beginning of a character, as the Unicode standard advises.
final class Utf8Stream {
    private static final char REPLACEMENT = '\ufffd';

    private int codePoint;
    private int missing;
    private int lowest = 0x80;
    private int highest = 0xbf;

    /// Takes a byte and appends the characters that are certain now.
    void next(int value, StringBuilder out) {
        int b = value & 0xff;
        if (missing == 0) {
            begin(b, out);
        } else if (b < lowest || b > highest) {
            out.append(REPLACEMENT);
            reset();
            begin(b, out);
        } else {
            codePoint = codePoint << 6 | (b & 0x3f);
            lowest = 0x80;
            highest = 0xbf;
            if (--missing == 0) {
                out.appendCodePoint(codePoint);
            }
        }
    }

    /// No byte follows: a character that was begun is no character.
    void end(StringBuilder out) {
        if (missing > 0) {
            out.append(REPLACEMENT);
            reset();
        }
    }

    private void begin(int b, StringBuilder out) {
        if (b < 0x80) {
            out.append((char) b);
        } else if (b >= 0xc2 && b <= 0xdf) {
            expect(1, b & 0x1f);
        } else if (b >= 0xe0 && b <= 0xef) {
            expect(2, b & 0x0f);
            lowest = b == 0xe0 ? 0xa0 : 0x80;
            highest = b == 0xed ? 0x9f : 0xbf;
        } else if (b >= 0xf0 && b <= 0xf4) {
            expect(3, b & 0x07);
            lowest = b == 0xf0 ? 0x90 : 0x80;
            highest = b == 0xf4 ? 0x8f : 0xbf;
        } else {
            out.append(REPLACEMENT);
        }
    }

    private void expect(int bytes, int bits) {
        missing = bytes;
        codePoint = bits;
    }

    private void reset() {
        missing = 0;
        lowest = 0x80;
        highest = 0xbf;
    }
}
