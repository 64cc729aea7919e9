package dev.attune.text;

import java.util.List;

/// A piece of a text: UTF-16 units `from` (inclusive) to `to` (exclusive).
public record Span(int from, int to) {
    /// Refuses a span that starts before the text or ends before it starts.
    public Span {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("no span: " + from + " to " + to);
        }
    }

    /// Its length in UTF-16 units.
    public int length() {
        return to - from;
    }

    /// Whether it shares a unit with the range.
    public boolean overlaps(int otherFrom, int otherTo) {
        return from < otherTo && otherFrom < to;
    }

    /// The piece of `text`.
    public String of(CharSequence text) {
        return text.subSequence(from, to).toString();
    }

    /// The same pieces counted in Unicode code points, as Python counts; the spans may be in any
    /// order.
    public static List<Span> inCodePoints(String text, List<Span> spans) {
        return spans.stream()
                .map(span ->
                        new Span(
                                text.codePointCount(0, span.from()),
                                text.codePointCount(0, span.to())))
                .toList();
    }
}
