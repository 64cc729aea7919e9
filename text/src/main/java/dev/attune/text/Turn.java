package dev.attune.text;

import java.util.List;

/// What a model is to emit of one message.
///
/// @param message the message's index
/// @param spans where in the rendered text, in order
public record Turn(int message, List<Span> spans) {
    /// Copies the spans.
    public Turn {
        spans = List.copyOf(spans);
    }
}
