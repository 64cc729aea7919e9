package dev.attune.data;

import dev.attune.text.Message;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Writes turns as ShareGPT's `from` and `value`: the reverse of [ShareGptTurns].
final class ShareGptWriter {
    private static final Map<String, String> SPEAKERS =
            Map.of("user", "human", "assistant", "gpt", "system", "system", "tool", "observation");
    private static final Set<String> SAID = Set.of("role", "content");

    private final ShapeChanges changes;

    ShareGptWriter(ShapeChanges changes) {
        this.changes = changes;
    }

    /// The turns, or nothing where one is from somebody whom ShareGPT does not know.
    Optional<ArrayNode> turns(List<Message> messages, String key) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            String place = key + "[" + i + "]";
            boolean calling = MessageText.calls(message);
            String speaker = SPEAKERS.get(message.role());
            if (speaker == null || (calling && !speaker.equals("gpt"))) {
                return changes.cannot(
                        "ShareGPT knows human, gpt, system, function_call and observation",
                        place + ".role = " + message.role());
            }
            String text = MessageText.of(message, place, changes);
            if (calling) {
                Optional<String> calls = calls(message, place);
                if (calls.isEmpty()) {
                    return Optional.empty();
                }
                beside(list, text, place);
                list.add(turn(message, "function_call", calls.get(), place));
            } else {
                list.add(turn(message, speaker, text, place));
            }
        }
        return Optional.of(list);
    }

    private void beside(ArrayNode list, String text, String place) {
        if (!text.isEmpty()) {
            changes.loses(
                    "that a text and the tool call behind it are one turn",
                    place + ".content = " + Quoted.of(text));
            list.addObject().put("from", "gpt").put("value", text);
        }
    }

    private ObjectNode turn(Message message, String from, String value, String place) {
        ObjectNode turn = JsonNodeFactory.instance.objectNode();
        turn.put("from", from).put("value", value);
        message.fields()
                .forEachEntry((key, other) -> {
                    boolean said =
                            SAID.contains(key)
                                    || (key.equals("tool_calls") && MessageText.calls(message));
                    if (!said && turn.has(key)) {
                        changes.loses("`" + key + "` of messages", place + "." + key, other);
                    } else if (!said) {
                        turn.set(key, other);
                    }
                });
        return turn;
    }

    private Optional<String> calls(Message message, String place) {
        ArrayNode functions = JsonNodeFactory.instance.arrayNode();
        for (JsonNode call : message.fields().path("tool_calls")) {
            JsonNode function = call.has("function") ? call.path("function") : call;
            if (!(function instanceof ObjectNode object) || !function.path("name").isString()) {
                return changes.cannot("a tool call has no name", place + ".tool_calls");
            }
            ObjectNode written = object.deepCopy();
            if (!call.has("function")) {
                written.remove(List.of("id", "type"));
            }
            JsonNode arguments = ToolCalls.parsed(written.path("arguments"));
            if (!arguments.equals(written.path("arguments"))) {
                changes.alters("arguments of tool calls are written as objects");
                written.set("arguments", arguments);
            }
            functions.add(written);
            requireNoMore(call, place);
        }
        return Optional.of(
                functions.size() == 1 ? functions.get(0).toString() : functions.toString());
    }

    private void requireNoMore(JsonNode call, String place) {
        call.forEachEntry((key, value) -> {
            String at = place + ".tool_calls." + key;
            if (key.equals("id")) {
                changes.loses("the ids of tool calls", at, value);
            } else if (key.equals("type")
                    ? !value.stringValue("").equals("function")
                    : call.has("function") && !key.equals("function")) {
                changes.loses("`" + Quoted.plain(key) + "` of tool calls", at, value);
            }
        });
    }
}
