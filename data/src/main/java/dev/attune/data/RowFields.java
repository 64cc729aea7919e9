package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.text.Message;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Takes the values of a row apart, and says which key is not what it must be.
final class RowFields {
    private final ObjectNode row;

    RowFields(ObjectNode row) {
        this.row = row;
    }

    boolean has(String key) {
        return row.has(key);
    }

    /// Whether each of `keys` is there; asked of each row for each shape.
    static boolean hasAll(ObjectNode row, List<String> keys) {
        for (String key : keys) {
            if (!row.has(key)) {
                return false;
            }
        }
        return true;
    }

    /// The string under `key`.
    String text(String key) {
        JsonNode value = row.path(key);
        if (!value.isString()) {
            throw fault(
                    "`%s` is %s; expected a text.".formatted(key, kind(value)),
                    "Write it as a string in quotation marks, or leave the row out.");
        }
        return value.stringValue();
    }

    /// The text or the messages under `key`.
    Part part(String key) {
        JsonNode value = row.path(key);
        if (value.isArray()) {
            return new Part.Turns(messages(key));
        }
        if (!value.isString()) {
            throw fault(
                    "`%s` is %s; expected a text or a list of messages."
                            .formatted(key, kind(value)),
                    value.isObject()
                            ? "Put the message into a list: [{\"role\": ..., \"content\": ...}]."
                            : "Write a string, or a list of objects with role and content.");
        }
        return new Part.Text(value.stringValue());
    }

    /// The messages under `key`, with every key they have.
    List<Message> messages(String key) {
        JsonNode value = row.path(key);
        if (!value.isArray()) {
            throw fault(
                    "`%s` is %s; expected a list of messages.".formatted(key, kind(value)),
                    value.isString()
                            ? "It may be JSON inside a string: write the list itself."
                            : "Write a list of objects with role and content.");
        }
        List<Message> messages = new ArrayList<>();
        for (JsonNode element : value) {
            messages.add(message(key + "[" + messages.size() + "]", element));
        }
        if (messages.isEmpty()) {
            throw fault(
                    "`%s` is an empty list; expected at least one message.".formatted(key),
                    "Fill it, or leave the row out.");
        }
        return messages;
    }

    /// The true or false under `key`.
    boolean verdict(String key) {
        JsonNode value = row.path(key);
        if (!value.isBoolean()) {
            throw fault(
                    "`%s` is %s; expected true or false.".formatted(key, shown(value)),
                    "Write true for a good answer and false for a bad one; if the column means"
                            + " something else, give it another name.");
        }
        return value.booleanValue();
    }

    /// Every column but `used`; `tools` that came as JSON inside a string are taken out of it.
    Map<String, JsonNode> others(String... used) {
        Set<String> taken = Set.of(used);
        Map<String, JsonNode> others = new LinkedHashMap<>();
        row.forEachEntry((key, value) -> {
            if (!taken.contains(key)) {
                others.put(key, key.equals("tools") ? tools(value) : value);
            }
        });
        return others;
    }

    /// Refuses a prompt of text beside an answer of messages, and the reverse.
    void requireOneKind(String first, String second) {
        JsonNode one = row.path(first);
        JsonNode other = row.path(second);
        if (one.isString() == other.isString()) {
            return;
        }
        boolean repeated =
                first.equals("prompt") && other.path(0).path("role").stringValue("").equals("user");
        throw fault(
                "`%s` is %s and `%s` is %s; expected the same of both."
                        .formatted(first, kind(one), second, kind(other)),
                repeated
                        ? "`%s` begins with the user's message already: leave `prompt` out."
                                .formatted(second)
                        : "Write both as texts or both as lists of messages.");
    }

    static AttuneException fault(String what, String fix) {
        return AttuneException.user(what).fix(fix);
    }

    static Message message(String place, JsonNode element) {
        if (!(element instanceof ObjectNode fields)) {
            throw fault(
                    "`%s` is %s; expected an object with role and content."
                            .formatted(place, kind(element)),
                    "Write {\"role\": \"user\", \"content\": ...}.");
        }
        JsonNode role = fields.path("role");
        if (!role.isString() || role.stringValue().isEmpty()) {
            boolean shareGpt = fields.has("from") && fields.has("value");
            throw fault(
                    "`%s` has %s; its keys are %s."
                            .formatted(
                                    place,
                                    role.isMissingNode() ? "no role" : "the role " + shown(role),
                                    Quoted.keys(fields.propertyNames())),
                    shareGpt
                            ? "Rename `from` to role (human is user, gpt is assistant) and `value`"
                                    + " to content."
                            : "Give each message a role: system, user, assistant or tool.");
        }
        requireKnown(place, fields);
        return new Message(fields);
    }

    /// What other tools mean by a key that nobody here reads, or a part of text that has none,
    /// would be lost in silence.
    private static void requireKnown(String place, ObjectNode fields) {
        if (fields.hasNonNull("function_call")) {
            throw fault(
                    "`%s` has a `function_call`, OpenAI's older form of a tool call."
                            .formatted(place),
                    "Write it as `tool_calls`: [{\"type\": \"function\", \"function\": {...}}].");
        }
        if (fields.hasNonNull("loss_weight")) {
            throw fault(
                    "`%s` has a `loss_weight`, which is called `weight` here.".formatted(place),
                    "Rename it.");
        }
        int number = 0;
        for (JsonNode part :
                fields.path("content").isArray() ? fields.path("content") : List.<JsonNode>of()) {
            if (part.path("type").stringValue("").equals("text") && !part.path("text").isString()) {
                throw fault(
                        "`%s.content[%d]` is a part of text, but has no `text`; its keys are %s."
                                .formatted(place, number, Quoted.keys(part.propertyNames())),
                        "Write {\"type\": \"text\", \"text\": ...}.");
            }
            number++;
        }
    }

    private static JsonNode tools(JsonNode value) {
        if (!value.isString() || value.stringValue().isBlank()) {
            return value;
        }
        try {
            JsonNode parsed = RowJson.parse(value.stringValue());
            if (parsed.isArray() || parsed.isNull()) {
                return parsed;
            }
            throw fault(
                    "`tools` is a string that holds %s; expected a list of tools."
                            .formatted(kind(parsed)),
                    "Write a list of function descriptions.");
        } catch (RowJson.BadJson e) {
            throw fault(
                            "`tools` is a string, but not JSON: " + e.what(),
                            "Write the list of tools itself, or its JSON as a string.")
                    .causedBy(e);
        }
    }

    /// What a value is, in words.
    static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> value.isEmpty() ? "an empty list" : "a list";
            case OBJECT, POJO -> "an object";
            case STRING, BINARY -> "a text";
            case NUMBER -> "a number";
            case BOOLEAN -> value.toString();
            case NULL -> "null";
            case MISSING -> "missing";
        };
    }

    private static String shown(JsonNode value) {
        return value.isContainer() ? kind(value) : Quoted.plain(value.toString());
    }
}
