package dev.attune.data;

import dev.attune.text.Message;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Turns of `from` and `value`, as ShareGPT wrote them, taken as messages of `role` and `content`.
///
/// A `function_call` becomes the assistant's `tool_calls`, an `observation` a tool's message. Other
/// keys of a turn go along. Turns that have `role` and `content` already are taken as they are.
final class ShareGptTurns {
    private static final Map<String, String> ROLES =
            Map.ofEntries(
                    Map.entry("human", "user"),
                    Map.entry("user", "user"),
                    Map.entry("prompter", "user"),
                    Map.entry("gpt", "assistant"),
                    Map.entry("assistant", "assistant"),
                    Map.entry("chatgpt", "assistant"),
                    Map.entry("bot", "assistant"),
                    Map.entry("bard", "assistant"),
                    Map.entry("model", "assistant"),
                    Map.entry("system", "system"),
                    Map.entry("function_call", "assistant"),
                    Map.entry("tool_call", "assistant"),
                    Map.entry("observation", "tool"),
                    Map.entry("function_response", "tool"),
                    Map.entry("tool_response", "tool"),
                    Map.entry("tool", "tool"));

    private ShareGptTurns() {}

    /// Whether a value looks like turns of either kind.
    static boolean isTurns(JsonNode value) {
        JsonNode first = value.path(0);
        return value.isArray() && (value.isEmpty() || isTurn(first));
    }

    /// Whether a value looks like one turn.
    static boolean isTurn(JsonNode value) {
        return value.isObject() && (value.has("from") || value.has("role"));
    }

    /// The messages under `key`, behind a system message if there is one.
    static List<Message> messages(ObjectNode row, String key, Optional<String> system) {
        JsonNode value = row.path(key);
        if (!value.isArray()) {
            throw RowFields.fault(
                    "`%s` is %s; expected a list of turns.".formatted(key, RowFields.kind(value)),
                    "Write a list of objects with from and value.");
        }
        List<Message> messages = new ArrayList<>();
        system.filter(text -> !text.isBlank())
                .ifPresent(text -> messages.add(Message.of("system", text)));
        int number = 0;
        for (JsonNode turn : value) {
            messages.add(message(key + "[" + number++ + "]", turn));
        }
        if (number == 0) {
            throw RowFields.fault(
                    "`%s` is an empty list; expected at least one turn.".formatted(key),
                    "Fill it, or leave the row out.");
        }
        return messages;
    }

    /// One turn as a message.
    static Message message(String place, JsonNode turn) {
        if (!(turn instanceof ObjectNode fields)) {
            throw RowFields.fault(
                    "`%s` is %s; expected an object with from and value."
                            .formatted(place, RowFields.kind(turn)),
                    "Write {\"from\": \"human\", \"value\": ...}.");
        }
        if (fields.has("role")) {
            return RowFields.message(place, fields);
        }
        String from = fields.path("from").stringValue("");
        String role = ROLES.get(from);
        if (role == null) {
            throw RowFields.fault(
                    "`%s` is from %s; expected human, gpt, system, function_call or observation."
                            .formatted(place, Quoted.of(from)),
                    "Give each turn one of these.");
        }
        JsonNode value = fields.path("value");
        if (!value.isString()) {
            throw RowFields.fault(
                    "The value of `%s` is %s; expected a text."
                            .formatted(place, RowFields.kind(value)),
                    "Write it as a string.");
        }
        boolean call = from.equals("function_call") || from.equals("tool_call");
        ObjectNode message = JsonNodeFactory.instance.objectNode().put("role", role);
        message.set("content", call ? JsonNodeFactory.instance.nullNode() : value);
        if (call) {
            message.set("tool_calls", calls(place, value.stringValue()));
        }
        fields.forEachEntry((name, other) -> {
            if (message.has(name) && !name.equals("role")) {
                throw RowFields.fault(
                        "`%s` has both `value` and `%s`.".formatted(place, name),
                        "Write each turn with from and value, or with role and content.");
            }
            if (!name.equals("from") && !name.equals("value")) {
                message.set(name, other);
            }
        });
        return new Message(message);
    }

    private static JsonNode calls(String place, String text) {
        JsonNode parsed;
        try {
            parsed = RowJson.parse(text);
        } catch (RowJson.BadJson e) {
            throw RowFields.fault(
                            "The function call in `%s` is not JSON: %s".formatted(place, e.what()),
                            "Write {\"name\": ..., \"arguments\": {...}}.")
                    .causedBy(e);
        }
        var calls = JsonNodeFactory.instance.arrayNode();
        for (JsonNode call : parsed.isArray() ? parsed : List.of(parsed)) {
            if (!call.path("name").isString()) {
                throw RowFields.fault(
                        "The function call in `%s` has no name.".formatted(place),
                        "Write {\"name\": ..., \"arguments\": {...}}.");
            }
            calls.addObject().put("type", "function").set("function", call);
        }
        return calls;
    }
}
