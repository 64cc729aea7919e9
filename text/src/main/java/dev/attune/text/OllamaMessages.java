package dev.attune.text;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A conversation as Ollama gives it to a template: messages of one role that follow one another
/// are one message, with an empty line between, and the system messages are also one text of their
/// own.
final class OllamaMessages {
    private static final String BETWEEN = "\n\n";

    private OllamaMessages() {}

    /// One message.
    private record Said(String role, String content) {
        Map<String, Object> fields() {
            return Map.of(
                    "Role",
                    role,
                    "Content",
                    content,
                    "Thinking",
                    "",
                    "ToolName",
                    "",
                    "ToolCalls",
                    List.of());
        }
    }

    /// What the template's fields name.
    static Map<String, Object> data(Conversation conversation) {
        List<String> system = new ArrayList<>();
        List<Said> collated = new ArrayList<>();
        for (Message message : conversation.messages()) {
            String content = content(message);
            if (message.role().equals("system")) {
                system.add(content);
            }
            boolean again =
                    !collated.isEmpty()
                            && collated.getLast().role.equals(message.role())
                            && !message.role().equals("tool");
            String before = again ? collated.removeLast().content + BETWEEN : "";
            collated.add(new Said(message.role(), before + content));
        }
        return Map.of(
                "System",
                String.join(BETWEEN, system),
                "Messages",
                collated.stream().map(Said::fields).toList(),
                "Tools",
                List.of(),
                "Response",
                "",
                "Think",
                false,
                "ThinkLevel",
                "",
                "IsThinkSet",
                false);
    }

    /// The text of a message; of parts those that are text, one after the other.
    static String content(Message message) {
        JsonNode content = message.fields().path("content");
        if (!content.isArray()) {
            return content.asString("");
        }
        StringBuilder text = new StringBuilder();
        content.forEach(part -> text.append(part.path("text").asString("")));
        return text.toString();
    }
}
