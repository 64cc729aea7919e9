package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.text.ChatFormat;
import dev.attune.text.Conversation;
import dev.attune.text.EncodedText;
import dev.attune.text.Message;
import dev.attune.text.TrainOn;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

/// Encodes rows for supervised tuning, with a model's tokenizer and chat template.
///
/// | row | text | learned |
/// |---|---|---|
/// | conversation | as the chat template writes it | the messages that [TrainOn] says |
/// | prompt and completion, messages | both as one conversation | those of the completion |
/// | prompt and completion, text | both, and the EOS | the completion and the EOS |
/// | text | the text, and the EOS | all of it |
/// | segments | as they stand | those that say so |
///
/// Does not close the format. Thread-safe.
public final class ChatRowEncoder implements RowEncoder {
    /// Counts up when the same inputs come to give other tokens, so that no cache is taken for it.
    private static final String VERSION = "chat-rows-v2";

    private final ChatFormat format;
    private final TrainOn on;

    public ChatRowEncoder(ChatFormat format, TrainOn on) {
        this.format = format;
        this.on = on;
    }

    @Override
    public EncodedRow encode(Example example) {
        return EncodedRow.of(text(example));
    }

    @Override
    public String key() {
        return VERSION + " " + format.key() + " " + on.key();
    }

    /// The row as text and tokens, for a person to look at.
    ///
    /// @throws AttuneException of kind USER if the row is of no use for supervised tuning, or the
    ///   template refuses it
    public EncodedText text(Example example) {
        int images = RowText.images(example);
        if (images > 0) {
            throw AttuneException.user(
                            "The row holds %d %s, which a model of text cannot see."
                                    .formatted(images, images == 1 ? "image" : "images"))
                    .fix(
                            "Leave such rows out: what is said about a picture that is not seen"
                                    + " teaches to make things up.");
        }
        return switch (example) {
            case ConversationExample row ->
                    format.encode(
                            new Conversation(
                                    plain(row.conversation().messages()),
                                    row.conversation().variables()),
                            on);
            case PlainText row -> format.encodeText(row.text());
            case PromptCompletion row -> promptCompletion(row);
            case Segments row -> format.encodeMarked(row.text(), row.trained());
            case PromptOnly _ -> throw unfit("a prompt without an answer", "grpo");
            case Stepwise _ -> throw unfit("steps that are right or wrong", "prm");
            case Preference _ -> throw unfit("a preferred and a rejected answer", "dpo");
            case Feedback _ -> throw unfit("an answer with a label", "kto");
        };
    }

    private EncodedText promptCompletion(PromptCompletion row) {
        if (row.prompt() instanceof Part.Text(String prompt)
                && row.completion() instanceof Part.Text(String completion)) {
            return format.encodeCompletion(prompt, completion, on);
        }
        List<Message> messages = new ArrayList<>(messages(row.prompt(), "user"));
        int from = messages.size();
        messages.addAll(messages(row.completion(), "assistant"));
        return format.encode(new Conversation(messages, row.columns()), on.since(from));
    }

    /// A part as messages; text is one message of the role that speaks there.
    private static List<Message> messages(Part part, String role) {
        return switch (part) {
            case Part.Turns(List<Message> turns) -> plain(turns);
            case Part.Text(String text) -> List.of(Message.of(role, text));
        };
    }

    /// Messages whose contents are texts: most templates know no list of parts, and those that do
    /// write the texts of one after another.
    private static List<Message> plain(List<Message> messages) {
        return messages.stream().map(ChatRowEncoder::plain).toList();
    }

    private static Message plain(Message message) {
        JsonNode parts = message.fields().path("content");
        if (!parts.isArray() || parts.isEmpty()) {
            return message;
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : parts) {
            JsonNode piece = part.path("text");
            if (!piece.isString()) {
                return message;
            }
            text.append(piece.stringValue());
        }
        ObjectNode fields = message.fields().deepCopy();
        fields.put("content", text.toString());
        return new Message(fields);
    }

    private static AttuneException unfit(String what, String method) {
        return AttuneException.user(
                        "The row holds %s, which supervised tuning has no use for.".formatted(what))
                .fix("Use the method %s, or give rows of messages.".formatted(method));
    }
}
