package dev.attune.text;

import java.util.List;

/// What stands around an assistant's words in a template, told by rendering two small
/// conversations.
///
/// @param generationPrompt what the template adds for the assistant to begin; empty if it adds none
/// @param header what it writes between a user's message and the content of a plain answer
record TurnShape(String generationPrompt, String header) {
    /// The messages of the conversation that shows the generation prompt.
    static final List<Message> ASKED = List.of(Message.of("user", "x"));

    /// The messages of the conversation that shows the header.
    static final List<Message> ANSWERED =
            List.of(Message.of("user", "x"), Message.of("assistant", "y"));

    /// The same and a message behind it, which shows what stands between.
    static final List<Message> ASKED_AGAIN =
            List.of(Message.of("user", "x"), Message.of("assistant", "y"), Message.of("user", "z"));

    /// The text behind message 1's content, up to the content of message 2 if there is one.
    static String behindAnswer(SourcedText answered, List<Origin> origins) {
        int from = -1;
        int to = answered.length();
        for (int i = 0; i < answered.runs(); i++) {
            Origin origin = answered.source(i) < 0 ? null : origins.get(answered.source(i));
            if (origin != null && origin.field() == Origin.Field.CONTENT) {
                from = origin.message() == 1 ? answered.end(i) : from;
                to = origin.message() == 2 ? answered.start(i) : to;
            }
        }
        return from < 0 || to < from ? "" : answered.chars().substring(from, to);
    }

    /// What `add_generation_prompt` adds.
    static String generationPrompt(SourcedText without, SourcedText with) {
        int shared = 0;
        while (shared < Math.min(without.length(), with.length())
                && without.charAt(shared) == with.charAt(shared)) {
            shared++;
        }
        // Where both go on, they may agree by chance in the first characters of what they add.
        return with.chars().substring(shared < without.length() ? boundary(with, shared) : shared);
    }

    /// The last place up to `at` where the source of the text changes.
    private static int boundary(SourcedText text, int at) {
        int boundary = 0;
        for (int i = 0; i < text.runs() && text.start(i) <= at; i++) {
            boundary = text.start(i);
        }
        return boundary;
    }

    /// The text of message 1 before its content.
    static String header(SourcedText answered, List<Origin> origins) {
        int from = -1;
        for (int i = 0; i < answered.runs(); i++) {
            int source = answered.source(i);
            boolean value = source >= 0;
            int message =
                    value
                            ? origins.get(source).message()
                            : source == SourcedText.NOBODY ? -1 : SourcedText.messageOf(source);
            if (message == 1 && from < 0) {
                from = answered.start(i);
            }
            if (value && message == 1 && origins.get(source).field() == Origin.Field.CONTENT) {
                return answered.chars().substring(from, answered.start(i));
            }
        }
        return "";
    }
}
