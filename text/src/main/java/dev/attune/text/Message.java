package dev.attune.text;

import dev.attune.base.AttuneException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One message of a conversation: a JSON object with a `role`, of which a chat template may read
/// any key (`content`, `reasoning_content`, `tool_calls`, `name` ...).
///
/// Immutable: the object is copied on the way in and must not be changed on the way out.
public record Message(ObjectNode fields) {
    /// Copies the object and requires its role.
    public Message {
        fields = fields.deepCopy();
        JsonNode role = fields.get("role");
        if (role == null || !role.isString() || role.stringValue().isEmpty()) {
            throw AttuneException.user(
                            "A message has "
                                    + (role == null ? "no role" : "the role " + role)
                                    + ": a text such as \"user\" is needed.")
                    .fix("Give each message a role: system, user, assistant or tool.");
        }
    }

    /// A message of text.
    public static Message of(String role, String content) {
        return new Message(
                JsonNodeFactory.instance.objectNode().put("role", role).put("content", content));
    }

    /// Who speaks: `system`, `user`, `assistant`, `tool`, or whatever the data says.
    public String role() {
        return fields.path("role").stringValue("");
    }
}
