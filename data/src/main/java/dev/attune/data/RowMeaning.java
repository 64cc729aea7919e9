package dev.attune.data;

import dev.attune.text.Message;
import dev.attune.text.Span;
import dev.attune.text.TrainOn;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Map;

/// What an example teaches, equal for rows of different shapes that teach the same.
///
/// A conversation and a prompt with its completion are the same where the same messages are
/// learned; running text is a completion without a prompt; segments are text, of which some is
/// learned. Of a message counts what a template can tell apart.
///
/// @param what what is learned, and how
/// @param columns what goes along
record RowMeaning(ObjectNode what, Map<String, JsonNode> columns) {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /// Copies both.
    RowMeaning {
        what = what.deepCopy();
        columns = Example.copied(columns);
    }

    /// The meaning of `example`; the EOS at the end of segments counts as what training adds.
    static RowMeaning of(Example example, EndOfText end) {
        ObjectNode what = NODES.objectNode();
        switch (example) {
            case ConversationExample row ->
                    what.set("turns", turns(row.conversation().messages(), 0));
            case PromptCompletion row -> promptCompletion(what, row, end);
            case PromptOnly row -> what.set("turns", part(row.prompt(), true));
            case Preference row -> {
                what.set("prompt", part(row.prompt(), true));
                what.set("chosen", part(row.chosen(), false));
                what.set("rejected", part(row.rejected(), false));
            }
            case Feedback row -> {
                what.set("prompt", part(row.prompt(), true));
                what.set("completion", part(row.completion(), false));
                what.put("label", row.label());
            }
            case PlainText row -> {
                String text = row.text();
                text(what, text, List.of(new Span(0, text.length())), end);
            }
            case Segments row -> text(what, row.text(), row.trained(), end);
            case Stepwise row -> {
                what.put("prompt", row.prompt());
                ArrayNode steps = what.putArray("steps");
                row.steps().forEach(steps::add);
                what.put("labels", row.labels().toString());
            }
        }
        return new RowMeaning(what, example.columns());
    }

    /// Whether a conversation has no message that is learned.
    static boolean learnsNothing(ConversationExample row) {
        return row.conversation().messages().stream().noneMatch(TrainOn.ASSISTANT::learns);
    }

    /// The example with turns in place of texts.
    static Example turned(Example example, EndOfText end) {
        return switch (example) {
            case PromptCompletion row ->
                    new PromptCompletion(
                            row.origin(),
                            turned(row.prompt(), "user"),
                            turned(row.completion(), "assistant"),
                            row.columns());
            case Preference row ->
                    new Preference(
                            row.origin(),
                            turned(row.prompt(), "user"),
                            turned(row.chosen(), "assistant"),
                            turned(row.rejected(), "assistant"),
                            row.columns());
            case Feedback row ->
                    new Feedback(
                            row.origin(),
                            turned(row.prompt(), "user"),
                            turned(row.completion(), "assistant"),
                            row.label(),
                            row.columns());
            case PromptOnly row ->
                    new PromptOnly(row.origin(), turned(row.prompt(), "user"), row.columns());
            case PlainText _, Segments _ ->
                    new ExampleTurns(example, new ShapeChanges(), end)
                            .pair()
                            .map(pair -> turned(pair, end))
                            .orElse(example);
            case ConversationExample _, Stepwise _ -> example;
        };
    }

    /// The same without a label that `before` did not have.
    static Example unjudged(Example example, Example before) {
        return example instanceof Feedback row && !(before instanceof Feedback)
                ? new PromptCompletion(row.origin(), row.prompt(), row.completion(), row.columns())
                : example;
    }

    private static Part turned(Part part, String role) {
        return new Part.Turns(ExampleTurns.turned(part, role, new ShapeChanges()));
    }

    private static void promptCompletion(ObjectNode what, PromptCompletion row, EndOfText end) {
        if (row.prompt() instanceof Part.Text(String prompt)
                && row.completion() instanceof Part.Text(String completion)) {
            String all = prompt + completion;
            text(what, all, List.of(new Span(prompt.length(), all.length())), end);
            return;
        }
        ArrayNode all = NODES.arrayNode();
        part(row.prompt(), true).forEach(all::add);
        part(row.completion(), false).forEach(all::add);
        what.set("turns", all);
    }

    private static void text(ObjectNode what, String text, List<Span> learned, EndOfText end) {
        int length = end.ends(text, learned) ? text.length() - end.eos().length() : text.length();
        ArrayNode spans = NODES.arrayNode();
        for (Span span : EndOfText.within(learned, length)) {
            if (span.to() > span.from()) {
                spans.addArray().add(span.from()).add(span.to());
            }
        }
        what.put("text", text.substring(0, length));
        what.set("learned", spans);
    }

    private static JsonNode part(Part part, boolean isPrompt) {
        return switch (part) {
            case Part.Text(String text) -> NODES.stringNode(text);
            case Part.Turns(List<Message> turns) -> turns(turns, isPrompt ? turns.size() : 0);
        };
    }

    /// @param from the first message that can be learned
    private static ArrayNode turns(List<Message> messages, int from) {
        ArrayNode turns = NODES.arrayNode();
        for (int i = 0; i < messages.size(); i++) {
            turns.add(turn(messages.get(i), i >= from));
        }
        return turns;
    }

    private static ObjectNode turn(Message message, boolean learnable) {
        ObjectNode turn = NODES.objectNode();
        boolean learned = learnable && TrainOn.ASSISTANT.learns(message);
        boolean calls = MessageText.calls(message);
        message.fields()
                .forEachEntry((key, value) -> {
                    switch (key) {
                        case "content" -> {
                            JsonNode content = content(value);
                            boolean none =
                                    content.isNull()
                                            || (calls && content.stringValue("x").isEmpty());
                            if (!none) {
                                turn.set(key, content);
                            }
                        }
                        case "weight" -> {
                            if (learned && value.isNumber() && value.doubleValue() != 1) {
                                turn.set(key, value);
                            }
                        }
                        case "train" -> {}
                        case "tool_calls" -> turn.set(key, calls ? calls(value) : value);
                        default -> {
                            if (!value.isNull()) {
                                turn.set(key, value);
                            }
                        }
                    }
                });
        return turn.put("learned", learned);
    }

    private static JsonNode content(JsonNode content) {
        if (!content.isArray()) {
            return content;
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (!part.path("text").isString()) {
                return content;
            }
            text.append(part.path("text").stringValue());
        }
        return NODES.stringNode(text.toString());
    }

    private static ArrayNode calls(JsonNode calls) {
        ArrayNode all = NODES.arrayNode();
        for (JsonNode call : calls) {
            ObjectNode one = call.has("function") ? call.deepCopy().asObject() : NODES.objectNode();
            if (!call.has("function")) {
                one.set("function", call);
            }
            if (one.path("type").stringValue("").equals("function")) {
                one.remove("type");
            }
            if (one.path("function") instanceof ObjectNode function) {
                ObjectNode plain = function.deepCopy();
                if (plain.has("arguments")) {
                    plain.set("arguments", ToolCalls.parsed(plain.path("arguments")));
                }
                one.set("function", plain);
            }
            all.add(one);
        }
        return all;
    }
}
