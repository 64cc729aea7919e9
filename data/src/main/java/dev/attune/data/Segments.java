package dev.attune.data;

import dev.attune.text.Span;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Text in pieces, of which the row itself says what is learned; no template touches it.
public record Segments(Origin origin, List<Segment> segments, Map<String, JsonNode> columns)
        implements Example {
    /// Copies the list and columns.
    public Segments {
        segments = List.copyOf(segments);
        columns = Example.copied(columns);
    }

    /// A piece of the text.
    public record Segment(String text, boolean learned) {}

    /// The whole text.
    public String text() {
        return segments.stream().map(Segment::text).collect(Collectors.joining());
    }

    /// The characters that are learned, in order; neighbours are one.
    public List<Span> trained() {
        List<Span> spans = new ArrayList<>();
        int from = 0;
        for (Segment segment : segments) {
            int to = from + segment.text.length();
            if (segment.learned && to > from) {
                boolean goesOn = !spans.isEmpty() && spans.getLast().to() == from;
                Span span = new Span(goesOn ? spans.removeLast().from() : from, to);
                spans.add(span);
            }
            from = to;
        }
        return spans;
    }
}
