package dev.attune.text;

import java.util.Arrays;

/// A text whose every character knows where it comes from: the strings of the template interpreter.
///
/// Neighbouring characters of one source are a run, kept as a triple `(end, source, offset)`:
///
/// ```
///  <|im_start|>  user  \n  Hello               source
///  ──── run ───  ────  ──  ─────       >= 0    an Origin: character `offset + i` of that value
///    template     3    ..    4         NOBODY  a constant that no output has taken yet
///                                      <= -2   the template, while it wrote message -2 - source
/// ```
///
/// Immutable. Two texts are equal when their characters are, whatever their sources.
final class SourcedText implements Comparable<SourcedText> {
    /// The source of a constant.
    static final int NOBODY = -1;

    private static final int STRIDE = 3;

    /// The text of nothing.
    static final SourcedText EMPTY = of("");

    private final String chars;
    private final int[] runs;
    private final boolean markup;

    private SourcedText(String chars, int[] runs, boolean markup) {
        this.chars = chars;
        this.runs = runs;
        this.markup = markup;
    }

    /// A constant.
    static SourcedText of(String chars) {
        return new SourcedText(chars, new int[0], false);
    }

    /// The value that is origin `source`, whole.
    static SourcedText of(String chars, int source) {
        return source == NOBODY || chars.isEmpty()
                ? of(chars)
                : new SourcedText(chars, new int[] {chars.length(), source, 0}, false);
    }

    /// Text that the template wrote while it was at message `message` (-1: at none).
    static int template(int message) {
        return -2 - (message + 1);
    }

    /// The message that a template's source was written for, -1 for none.
    static int messageOf(int templateSource) {
        return -2 - templateSource - 1;
    }

    /// The characters.
    String chars() {
        return chars;
    }

    /// Whether the `safe` filter has marked it: adding to it then escapes, as markupsafe does.
    boolean isMarkup() {
        return markup;
    }

    /// The same text, marked or not.
    SourcedText asMarkup(boolean mark) {
        return mark == markup ? this : new SourcedText(chars, runs, mark);
    }

    /// How many runs there are; 0 when it is all [#NOBODY]'s.
    int runs() {
        return runs.length / STRIDE;
    }

    /// Where run `i` starts.
    int start(int i) {
        return i == 0 ? 0 : runs[(i - 1) * STRIDE];
    }

    /// Where run `i` ends.
    int end(int i) {
        return runs[i * STRIDE];
    }

    /// Run `i`'s source.
    int source(int i) {
        return runs[i * STRIDE + 1];
    }

    /// Which character of its source run `i` begins with.
    int offset(int i) {
        return runs[i * STRIDE + 2];
    }

    /// The run that holds the character `at`, or how many runs there are.
    int runAt(int at) {
        int low = 0;
        int high = runs();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (end(middle) > at) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /// This text followed by `other`.
    SourcedText plus(SourcedText other) {
        if (runs.length == 0 && other.runs.length == 0) {
            return new SourcedText(chars + other.chars, runs, markup);
        }
        return new Builder(chars.length() + other.chars.length())
                .append(this)
                .append(other)
                .build()
                .asMarkup(markup);
    }

    /// The characters `from` to `to`.
    SourcedText slice(int from, int to) {
        if (from == 0 && to == chars.length()) {
            return this;
        }
        if (runs.length == 0) {
            return new SourcedText(chars.substring(from, to), runs, markup);
        }
        return new Builder(to - from).append(this, from, to).build().asMarkup(markup);
    }

    /// Without the characters at both ends that are in `set`; white space where `set` is null.
    SourcedText strip(Strip ends, Chars set) {
        int from = 0;
        int to = chars.length();
        while (ends != Strip.RIGHT && from < to) {
            int c = chars.codePointAt(from);
            if (!set.has(c)) {
                break;
            }
            from += Character.charCount(c);
        }
        while (ends != Strip.LEFT && to > from) {
            int c = chars.codePointBefore(to);
            if (!set.has(c)) {
                break;
            }
            to -= Character.charCount(c);
        }
        return slice(from, to);
    }

    /// Which ends to strip.
    enum Strip {
        LEFT,
        RIGHT,
        BOTH
    }

    /// A set of characters.
    interface Chars {
        /// Whether it holds the code point.
        boolean has(int codePoint);
    }

    /// Whether every character is one UTF-16 unit, so that units and code points count alike.
    boolean isBasic() {
        for (int i = 0; i < chars.length(); i++) {
            if (Character.isSurrogate(chars.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /// Its length in code points, as Python counts.
    int codePoints() {
        return chars.codePointCount(0, chars.length());
    }

    /// Its length in UTF-16 units.
    int length() {
        return chars.length();
    }

    /// The unit at `index`.
    char charAt(int index) {
        return chars.charAt(index);
    }

    /// Whether it has no character.
    boolean isEmpty() {
        return chars.isEmpty();
    }

    /// By code points, as Python orders.
    @Override
    public int compareTo(SourcedText other) {
        int common = Math.min(chars.length(), other.chars.length());
        for (int i = 0; i < common; i++) {
            if (chars.charAt(i) != other.chars.charAt(i)) {
                return Integer.compare(rank(chars.charAt(i)), rank(other.chars.charAt(i)));
            }
        }
        return Integer.compare(chars.length(), other.chars.length());
    }

    /// Surrogates stand for code points above all others.
    private static int rank(char c) {
        return Character.isSurrogate(c) ? c + 0x10000 : c;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SourcedText text && chars.equals(text.chars);
    }

    @Override
    public int hashCode() {
        return chars.hashCode();
    }

    @Override
    public String toString() {
        return chars;
    }

    /// Collects a text piece by piece. Not for several threads.
    static final class Builder {
        private final StringBuilder chars;
        private int[] runs;
        private int used;

        Builder(int expectedChars) {
            chars = new StringBuilder(Math.max(16, expectedChars));
            runs = new int[8 * STRIDE];
        }

        /// How long it is.
        int length() {
            return chars.length();
        }

        /// The last character is `c`.
        boolean endsWith(char c) {
            return !chars.isEmpty() && chars.charAt(chars.length() - 1) == c;
        }

        /// Adds a whole text.
        Builder append(SourcedText text) {
            return append(text, 0, text.length());
        }

        /// Adds a part of a text.
        Builder append(SourcedText text, int from, int to) {
            return append(text, from, to, NOBODY);
        }

        /// Adds a whole text, whose constants become `source`'s.
        Builder appendOwned(SourcedText text, int source) {
            return append(text, 0, text.length(), source);
        }

        /// Adds a constant.
        Builder append(String text) {
            return append(text, NOBODY, 0);
        }

        /// Adds characters of one source.
        Builder append(String text, int source, int offset) {
            if (!text.isEmpty()) {
                chars.append(text);
                mark(chars.length(), source, offset);
            }
            return this;
        }

        /// Adds what stands for character `at` of `text`, such as its escape.
        Builder appendFor(SourcedText text, int at, String written) {
            int i = text.runAt(at);
            if (i == text.runs()) {
                return append(written);
            }
            int offset = text.source(i) < 0 ? 0 : text.offset(i) + at - text.start(i);
            for (int k = 0; k < written.length(); k++) {
                append(written.substring(k, k + 1), text.source(i), offset);
            }
            return this;
        }

        private Builder append(SourcedText text, int from, int to, int owner) {
            if (from >= to) {
                return this;
            }
            int base = chars.length();
            chars.append(text.chars, from, to);
            if (text.runs.length == 0) {
                mark(base + to - from, owner, 0);
                return this;
            }
            for (int i = text.runAt(from); i < text.runs() && text.start(i) < to; i++) {
                int start = Math.max(from, text.start(i));
                int source = text.source(i);
                mark(
                        base + Math.min(to, text.end(i)) - from,
                        source == NOBODY ? owner : source,
                        text.offset(i) + (source >= 0 ? start - text.start(i) : 0));
            }
            return this;
        }

        private void mark(int end, int source, int offset) {
            if (used > 0) {
                int last = used - STRIDE;
                int start = last == 0 ? 0 : runs[last - STRIDE];
                boolean continues = source < 0 || runs[last + 2] + (runs[last] - start) == offset;
                if (runs[last + 1] == source && continues) {
                    runs[last] = end;
                    return;
                }
            }
            if (used == runs.length) {
                runs = Arrays.copyOf(runs, used * 2);
            }
            runs[used] = end;
            runs[used + 1] = source;
            runs[used + 2] = offset;
            used += STRIDE;
        }

        /// What was collected.
        SourcedText build() {
            boolean constant = used == 0 || (used == STRIDE && runs[1] == NOBODY);
            return new SourcedText(
                    chars.toString(), constant ? new int[0] : Arrays.copyOf(runs, used), false);
        }
    }
}
