package dev.attune.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/// A conversation as a template wrote it, every character with its source.
///
/// Immutable; for any thread.
public final class Rendered {
    private final SourcedText text;
    private final List<Origin> origins;
    private final Conversation conversation;
    private final Generations generations;
    private final Supplier<TurnShape> shape;

    Rendered(
            SourcedText text,
            List<Origin> origins,
            Conversation conversation,
            Generations generations,
            Supplier<TurnShape> shape) {
        this.text = text;
        this.origins = List.copyOf(origins);
        this.conversation = conversation;
        this.generations = generations;
        this.shape = shape;
    }

    /// The text.
    public String text() {
        return text.chars();
    }

    /// What stood in `{% generation %}`, in order, as transformers' assistant mask tells it.
    public List<Span> generations() {
        return generations.spans();
    }

    /// What a model is to emit of each message that it is to learn: what the template itself marks
    /// with `{% generation %}` where it does so, else the content, the reasoning and the tool
    /// calls, with what the template writes around them from the end of the generation prompt to
    /// the end-of-turn token.
    ///
    /// A message of which nothing is to be emitted has no turn.
    ///
    /// @param stopTexts the texts of the model's stop tokens, as far as they are known
    public List<Turn> turns(TrainOn on, Collection<String> stopTexts) {
        List<Turn> turns = new ArrayList<>();
        TurnFinder finder = null;
        for (int message : on.messages(conversation.messages())) {
            boolean spoken = isSpoken(message);
            List<Span> spans;
            if (spoken && generations.areKnown()) {
                spans = generations.of(message);
            } else {
                finder = finder == null ? new TurnFinder(this, shape.get(), stopTexts) : finder;
                spans = finder.emitted(message, spoken);
            }
            if (!spans.isEmpty()) {
                turns.add(new Turn(message, spans));
            }
        }
        return turns;
    }

    private boolean isSpoken(int message) {
        String role = conversation.messages().get(message).role();
        return role.equals("assistant") || role.equals("model");
    }

    /// What a model is to learn, in order: the spans of [#turns], or the whole text where the
    /// prompt is learned as well.
    public List<Span> trainable(TrainOn on, Collection<String> stopTexts) {
        if (on.prompt()) {
            return text.isEmpty() ? List.of() : List.of(new Span(0, text.length()));
        }
        return turns(on, stopTexts).stream().flatMap(turn -> turn.spans().stream()).toList();
    }

    /// What the template changed or left out of the messages; empty when all of it is there.
    public List<RoundTrip> changes() {
        return RoundTrip.of(this);
    }

    /// What stands around an assistant's words.
    TurnShape shape() {
        return shape.get();
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
}
