package dev.attune.text;

import java.util.List;

/// A conversation as a template wrote it, every character with its source. Immutable.
public final class Rendered {
    private final SourcedText text;
    private final List<Origin> origins;
    private final Conversation conversation;
    private final List<Span> generations;
    private final boolean hiddenGeneration;

    Rendered(
            SourcedText text,
            List<Origin> origins,
            Conversation conversation,
            JinjaRunner runner) {
        this.text = text;
        this.origins = List.copyOf(origins);
        this.conversation = conversation;
        this.generations = runner.generations();
        this.hiddenGeneration = runner.hasHiddenGeneration();
    }

    /// The text.
    public String text() {
        return text.chars();
    }

    /// What stood in `{% generation %}`, in order.
    public List<Span> generations() {
        return generations;
    }

    /// The text with the source of every character.
    SourcedText sourced() {
        return text;
    }

    /// What the text's sources stand for.
    List<Origin> origins() {
        return origins;
    }

    /// What was rendered.
    Conversation conversation() {
        return conversation;
    }

    /// Whether a `{% generation %}` ran where its place in the text is not known.
    boolean hasHiddenGeneration() {
        return hiddenGeneration;
    }
}
