package dev.attune.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// GPT-2's way to write any bytes as a text without spaces and control characters: a printable byte
/// of Latin-1 stands for itself, the other 68 for the characters from U+0100 on.
final class ByteLevel {
    private static final int BYTES = 256;
    private static final String CHARS = chars();
    private static final int[] BYTE_OF = bytes();

    private ByteLevel() {}

    /// The character that stands for a byte.
    static char charOf(int b) {
        return CHARS.charAt(b & 0xff);
    }

    /// The characters that stand for the bytes.
    static String text(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            text.append(charOf(b));
        }
        return text.toString();
    }

    /// The bytes that a token stands for; of one that is not written this way, its own in UTF-8.
    static byte[] bytes(String token) {
        return written(token).orElseGet(() -> token.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<byte[]> written(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = token.charAt(i);
            if (c >= BYTE_OF.length || BYTE_OF[c] < 0) {
                return Optional.empty();
            }
            bytes[i] = (byte) BYTE_OF[c];
        }
        return Optional.of(bytes);
    }

    private static String chars() {
        StringBuilder chars = new StringBuilder(BYTES);
        char next = BYTES;
        for (char b = 0; b < BYTES; b++) {
            boolean printable = (b > ' ' && b < 0x7f) || (b > 0xa0 && b != 0xad);
            chars.append(printable ? b : next++);
        }
        return chars.toString();
    }

    private static int[] bytes() {
        int[] bytes = new int[CHARS.chars().max().orElseThrow() + 1];
        Arrays.fill(bytes, -1);
        for (int b = 0; b < BYTES; b++) {
            bytes[CHARS.charAt(b)] = b;
        }
        return bytes;
    }
}
