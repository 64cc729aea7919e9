package dev.attune.text;

import java.util.ArrayList;
import java.util.List;

/// What stood in `{% generation %}`. Grows while a template runs; not for several threads.
final class Generations {
    private final List<Span> spans = new ArrayList<>();
    private final List<Integer> messages = new ArrayList<>();
    private boolean hidden;

    /// Adds a stretch that was written for a message, -1 for one that is not known.
    void add(Span span, int message) {
        spans.add(span);
        messages.add(message);
    }

    /// Notes a stretch whose place in the text is not known, since it stood in a macro or in a
    /// captured block.
    void addHidden() {
        hidden = true;
    }

    /// All of them, in order.
    List<Span> spans() {
        return List.copyOf(spans);
    }

    /// Whether the template marks what is to be learned, and all of it is known.
    boolean areKnown() {
        return !spans.isEmpty() && !hidden && !messages.contains(-1);
    }

    /// Those of one message that hold any text.
    List<Span> of(int message) {
        List<Span> own = new ArrayList<>();
        for (int i = 0; i < spans.size(); i++) {
            if (messages.get(i) == message && spans.get(i).length() > 0) {
                own.add(spans.get(i));
            }
        }
        return own;
    }
}
