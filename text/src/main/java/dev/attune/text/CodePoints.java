package dev.attune.text;

import dev.attune.text.NativeTokenizer.Pieces;

/// Makes a text fit for the library, which knows code points only, and brings its offsets back to
/// UTF-16 units.
final class CodePoints {
    private static final char REPLACEMENT = '\ufffd';

    private CodePoints() {}

    /// The text with U+FFFD in place of each lone surrogate, which no encoding of Unicode can hold:
    /// one unit for one, so that offsets stay true.
    static String wellFormed(String text) {
        int bad = lone(text, 0);
        if (bad < 0) {
            return text;
        }
        StringBuilder mended = new StringBuilder(text);
        for (; bad >= 0; bad = lone(text, bad + 1)) {
            mended.setCharAt(bad, REPLACEMENT);
        }
        return mended.toString();
    }

    /// The encoding of a well-formed text.
    static Encoding encoding(String text, Pieces pieces) {
        int[] units = units(text);
        int count = pieces.ids.length;
        int[] starts = new int[count];
        int[] ends = new int[count];
        for (int i = 0; i < count; i++) {
            var span = pieces.spans[i];
            int before = i == 0 ? 0 : ends[i - 1];
            starts[i] = span == null ? before : unit(units, span.getStart());
            ends[i] = span == null ? before : unit(units, span.getEnd());
        }
        return new Encoding(pieces.ids, starts, ends);
    }

    /// Where each code point starts, and the end of the last; empty if every one is one unit.
    private static int[] units(String text) {
        int codePoints = text.codePointCount(0, text.length());
        if (codePoints == text.length()) {
            return new int[0];
        }
        int[] units = new int[codePoints + 1];
        int unit = 0;
        for (int i = 0; i < codePoints; i++) {
            units[i] = unit;
            unit += Character.charCount(text.codePointAt(unit));
        }
        units[codePoints] = unit;
        return units;
    }

    private static int unit(int[] units, int codePoint) {
        return units.length == 0 ? codePoint : units[codePoint];
    }

    /// The first lone surrogate from `from` on, or -1.
    private static int lone(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else {
                return i;
            }
        }
        return -1;
    }
}
