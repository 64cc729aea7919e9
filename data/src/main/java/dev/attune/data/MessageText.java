package dev.attune.data;

import dev.attune.text.Message;

import tools.jackson.databind.JsonNode;

import java.util.Set;

/// The content of a message as one text, for shapes that know no parts.
final class MessageText {
    private static final Set<String> OF_TEXT_PARTS = Set.of("type", "text");

    private MessageText() {}

    /// The text of `message`, its parts put one after another as training does; what is no text is
    /// lost.
    ///
    /// @param place how the message is called in what is told
    static String of(Message message, String place, ShapeChanges changes) {
        JsonNode content = message.fields().path("content");
        return switch (content.getNodeType()) {
            case STRING -> content.stringValue();
            case ARRAY -> joined(content, place, changes);
            case NULL, MISSING -> {
                if (!calls(message)) {
                    changes.loses(
                            "that a message has no content",
                            place + ".content is " + RowFields.kind(content));
                }
                yield "";
            }
            case OBJECT, POJO, BINARY, NUMBER, BOOLEAN -> {
                changes.loses("contents that are no text", place + ".content", content);
                yield "";
            }
        };
    }

    /// The text of a message that can say nothing else; every other key is lost.
    static String only(Message message, String place, ShapeChanges changes) {
        message.fields()
                .forEachEntry((key, value) -> {
                    if (!key.equals("role") && !key.equals("content") && !value.isNull()) {
                        String name = Quoted.plain(key);
                        changes.loses("`" + name + "` of messages", place + "." + name, value);
                    }
                });
        return of(message, place, changes);
    }

    /// Whether a message calls tools.
    static boolean calls(Message message) {
        JsonNode calls = message.fields().path("tool_calls");
        return calls.isArray() && !calls.isEmpty();
    }

    private static String joined(JsonNode parts, String place, ShapeChanges changes) {
        StringBuilder text = new StringBuilder();
        int number = 0;
        for (JsonNode part : parts) {
            String at = place + ".content[" + number++ + "]";
            if (!part.path("text").isString()) {
                String type = part.path("type").stringValue("");
                changes.loses("parts of messages that are no text", at + ".type = " + type);
                continue;
            }
            text.append(part.path("text").stringValue());
            part.forEachEntry((key, value) -> {
                if (!OF_TEXT_PARTS.contains(key) && !value.isNull()) {
                    String name = Quoted.plain(key);
                    changes.loses("`" + name + "` of parts", at + "." + name, value);
                }
            });
        }
        changes.alters("parts of text are put together");
        return text.toString();
    }
}
