package dev.attune.data;

import dev.attune.text.ChatFormat;
import dev.attune.text.Conversation;
import dev.attune.text.TrainOn;

import java.util.List;

/// How many tokens a row has, of whichever shape it is; of two answers the longer counts.
///
/// Does not close the format. Thread-safe.
public final class RowTokens {
    private final ChatFormat format;
    private final ChatRowEncoder encoder;

    public RowTokens(ChatFormat format) {
        this.format = format;
        this.encoder = new ChatRowEncoder(format, TrainOn.ASSISTANT);
    }

    /// The tokens of `example` as a method that learns from its shape would read it.
    ///
    /// @throws dev.attune.base.AttuneException of kind USER if the chat template refuses the row
    public int of(Example example) {
        return switch (example) {
            case ConversationExample _, PromptCompletion _, PlainText _, Segments _ ->
                    encoder.text(example).tokens().length();
            case Preference row ->
                    Math.max(answered(row, row.chosen()), answered(row, row.rejected()));
            case Feedback row ->
                    of(
                            new PromptCompletion(
                                    row.origin(), row.prompt(), row.completion(), row.columns()));
            case PromptOnly row -> prompt(row);
            case Stepwise row ->
                    format.encodeCompletion(
                                    row.prompt(),
                                    "\n" + String.join("\n", row.steps()),
                                    TrainOn.ASSISTANT)
                            .tokens()
                            .length();
        };
    }

    private int answered(Preference row, Part answer) {
        return of(new PromptCompletion(row.origin(), row.prompt(), answer, row.columns()));
    }

    private int prompt(PromptOnly row) {
        return switch (row.prompt()) {
            case Part.Text(String text) -> format.encodeText(text).tokens().length();
            case Part.Turns(List<dev.attune.text.Message> turns) ->
                    format.encode(new Conversation(turns, row.columns()), TrainOn.ASSISTANT)
                            .tokens()
                            .length();
        };
    }
}
