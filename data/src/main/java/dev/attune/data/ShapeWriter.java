package dev.attune.data;

import dev.attune.text.Message;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Writes an example in another shape, and says what is lost by it.
///
/// Columns that are no part of the shape go along. Not thread-safe; one object a row.
final class ShapeWriter {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Example example;
    private final Set<String> losses = new LinkedHashSet<>();

    private ShapeWriter(Example example) {
        this.example = example;
    }

    /// A row in its new shape.
    ///
    /// @param rows usually one; none where nothing of the row fits the shape
    /// @param losses what the new rows do not say any more; empty where nothing is lost
    record Written(List<ObjectNode> rows, Set<String> losses) {}

    /// `example` in the shape `target`.
    static Written write(Example example, TargetShape target) {
        ShapeWriter writer = new ShapeWriter(example);
        List<ObjectNode> rows = writer.rows(target);
        rows.forEach(writer::addColumns);
        if (rows.isEmpty()) {
            writer.losses.add("the whole row, which has nothing that fits the shape");
        }
        return new Written(rows, writer.losses);
    }

    private List<ObjectNode> rows(TargetShape target) {
        return switch (target) {
            case MESSAGES -> one(turns().map(t -> row().set("messages", array(t))));
            case PROMPT_COMPLETION -> one(promptCompletion());
            case ALPACA -> one(turns().flatMap(this::alpaca));
            case SHAREGPT -> one(turns().map(this::shareGpt));
            case TEXT -> one(text());
            case PREFERENCE -> one(preference());
            case OPENAI_PREFERENCE -> one(openAiPreference());
            case FEEDBACK -> feedback();
            case PROMPT_ONLY -> one(promptOnly());
        };
    }

    private static List<ObjectNode> one(Optional<? extends JsonNode> row) {
        return row.map(node -> List.of((ObjectNode) node)).orElse(List.of());
    }

    /// The row as turns that end with what is learned.
    private Optional<List<Message>> turns() {
        return switch (example) {
            case ConversationExample row -> Optional.of(row.conversation().messages());
            case PromptCompletion row -> Optional.of(joined(row.prompt(), row.completion()));
            case Preference row -> {
                losses.add("the rejected answer");
                yield Optional.of(joined(row.prompt(), row.chosen()));
            }
            case Feedback row -> {
                losses.add("the label");
                yield row.label()
                        ? Optional.of(joined(row.prompt(), row.completion()))
                        : Optional.empty();
            }
            case PromptOnly row -> {
                yield Optional.of(turns(row.prompt(), "user"));
            }
            case PlainText _, Stepwise _, Segments _ -> Optional.empty();
        };
    }

    private Optional<ObjectNode> promptCompletion() {
        if (example instanceof PromptCompletion row) {
            return Optional.of(pair(row.prompt(), row.completion()));
        }
        if (example instanceof Segments row
                && row.trained().size() == 1
                && row.trained().getFirst().to() == row.text().length()) {
            int from = row.trained().getFirst().from();
            return Optional.of(
                    pair(
                            new Part.Text(row.text().substring(0, from)),
                            new Part.Text(row.text().substring(from))));
        }
        return turns().flatMap(turns -> {
            int last = turns.size() - 1;
            if (last < 1 || !turns.get(last).role().equals("assistant")) {
                return Optional.empty();
            }
            if (turns.subList(0, last).stream().anyMatch(m -> m.role().equals("assistant"))) {
                losses.add("that the earlier answers are learned");
            }
            return Optional.of(
                    pair(
                            new Part.Turns(turns.subList(0, last)),
                            new Part.Turns(turns.subList(last, last + 1))));
        });
    }

    private Optional<ObjectNode> alpaca(List<Message> turns) {
        List<Message> said = new ArrayList<>(turns);
        ObjectNode row = row();
        String system = "";
        if (said.getFirst().role().equals("system")) {
            system = RowText.content(said.removeFirst());
        }
        boolean alternates = said.size() >= 2 && said.size() % 2 == 0;
        for (int i = 0; i < said.size(); i++) {
            alternates &= said.get(i).role().equals(i % 2 == 0 ? "user" : "assistant");
        }
        if (!alternates) {
            return Optional.empty();
        }
        turns.forEach(this::requireTextOnly);
        int last = said.size() - 2;
        row.put("instruction", RowText.content(said.get(last)));
        row.put("input", "");
        row.put("output", RowText.content(said.get(last + 1)));
        if (!system.isEmpty()) {
            row.put("system", system);
        }
        if (last > 0) {
            ArrayNode history = row.putArray("history");
            for (int i = 0; i < last; i += 2) {
                history.addArray()
                        .add(RowText.content(said.get(i)))
                        .add(RowText.content(said.get(i + 1)));
            }
        }
        return Optional.of(row);
    }

    private ObjectNode shareGpt(List<Message> turns) {
        ObjectNode row = row();
        ArrayNode list = row.putArray("conversations");
        for (Message turn : turns) {
            JsonNode calls = turn.fields().path("tool_calls");
            boolean calling = calls.isArray() && !calls.isEmpty();
            String content = RowText.content(turn);
            if (calling && !content.isBlank()) {
                list.addObject().put("from", "gpt").put("value", content);
            }
            if (RowText.images(turn) > 0) {
                losses.add("parts of messages that are no text");
            }
            ObjectNode said = list.addObject();
            said.put("from", calling ? "function_call" : speaker(turn.role()));
            said.put("value", calling ? called(calls) : content);
            turn.fields()
                    .forEachEntry((key, value) -> {
                        if (!Set.of("role", "content", "tool_calls").contains(key)) {
                            said.set(key, value);
                        }
                    });
        }
        return row;
    }

    private String called(JsonNode calls) {
        ArrayNode functions = NODES.arrayNode();
        for (JsonNode call : calls) {
            functions.add(call.has("function") ? call.path("function") : call);
            if (call.has("id")) {
                losses.add("the ids of tool calls");
            }
        }
        return functions.size() == 1 ? functions.get(0).toString() : functions.toString();
    }

    private static String speaker(String role) {
        return switch (role) {
            case "user" -> "human";
            case "assistant" -> "gpt";
            case "tool" -> "observation";
            default -> role;
        };
    }

    private Optional<ObjectNode> text() {
        return switch (example) {
            case PlainText row -> Optional.of(row().put("text", row.text()));
            case Segments row -> {
                if (row.segments().stream().anyMatch(s -> !s.learned())) {
                    losses.add("which parts are learned");
                }
                yield Optional.of(row().put("text", row.text()));
            }
            case PromptCompletion row
                    when row.prompt() instanceof Part.Text(String prompt)
                            && row.completion() instanceof Part.Text(String completion) -> {
                losses.add("where the prompt ends");
                yield Optional.of(row().put("text", prompt + completion));
            }
            case PromptCompletion _,
                    ConversationExample _,
                    Preference _,
                    Feedback _,
                    PromptOnly _,
                    Stepwise _ ->
                    Optional.empty();
        };
    }

    private Optional<ObjectNode> preference() {
        if (!(example instanceof Preference pair)) {
            return Optional.empty();
        }
        ObjectNode row = row();
        row.set("prompt", node(pair.prompt()));
        row.set("chosen", node(pair.chosen()));
        row.set("rejected", node(pair.rejected()));
        return Optional.of(row);
    }

    private Optional<ObjectNode> openAiPreference() {
        if (!(example instanceof Preference pair)) {
            return Optional.empty();
        }
        ObjectNode row = row();
        row.putObject("input").set("messages", array(turns(pair.prompt(), "user")));
        row.set("preferred_output", array(turns(pair.chosen(), "assistant")));
        row.set("non_preferred_output", array(turns(pair.rejected(), "assistant")));
        return Optional.of(row);
    }

    private List<ObjectNode> feedback() {
        return switch (example) {
            case Feedback row ->
                    List.of(pair(row.prompt(), row.completion()).put("label", row.label()));
            case Preference row -> {
                losses.add("which two answers belong together");
                yield List.of(
                        pair(row.prompt(), row.chosen()).put("label", true),
                        pair(row.prompt(), row.rejected()).put("label", false));
            }
            case ConversationExample _,
                    PromptCompletion _,
                    PlainText _,
                    PromptOnly _,
                    Stepwise _,
                    Segments _ ->
                    one(promptCompletion().map(row -> row.put("label", true)));
        };
    }

    private Optional<ObjectNode> promptOnly() {
        if (example instanceof PromptOnly row) {
            return Optional.of(row().set("prompt", node(row.prompt())));
        }
        losses.add("the answer");
        Optional<ObjectNode> pair =
                switch (example) {
                    case Preference row -> Optional.of(pair(row.prompt(), row.chosen()));
                    case Feedback row -> Optional.of(pair(row.prompt(), row.completion()));
                    case Stepwise row ->
                            Optional.of(pair(new Part.Text(row.prompt()), new Part.Text("")));
                    case ConversationExample _,
                            PromptCompletion _,
                            PlainText _,
                            PromptOnly _,
                            Segments _ ->
                            promptCompletion();
                };
        pair.ifPresent(row -> row.remove("completion"));
        return pair;
    }

    private void requireTextOnly(Message message) {
        message.fields()
                .forEachEntry((key, value) -> {
                    if (!key.equals("role") && !key.equals("content") && !value.isNull()) {
                        losses.add("`" + Quoted.plain(key) + "` of messages");
                    }
                });
        if (RowText.images(message) > 0) {
            losses.add("parts of messages that are no text");
        }
    }

    private void addColumns(ObjectNode row) {
        for (Map.Entry<String, JsonNode> column : example.columns().entrySet()) {
            if (row.has(column.getKey())) {
                losses.add("the column `" + Quoted.plain(column.getKey()) + "`");
            } else {
                row.set(column.getKey(), column.getValue());
            }
        }
    }

    private static ObjectNode pair(Part prompt, Part completion) {
        ObjectNode row = row();
        row.set("prompt", node(prompt));
        row.set("completion", node(completion));
        return row;
    }

    private static JsonNode node(Part part) {
        return switch (part) {
            case Part.Text(String text) -> NODES.stringNode(text);
            case Part.Turns(List<Message> turns) -> array(turns);
        };
    }

    private static List<Message> joined(Part prompt, Part answer) {
        List<Message> all = new ArrayList<>(turns(prompt, "user"));
        all.addAll(turns(answer, "assistant"));
        return all;
    }

    private static List<Message> turns(Part part, String role) {
        return switch (part) {
            case Part.Turns(List<Message> turns) -> turns;
            case Part.Text(String text) -> List.of(Message.of(role, text));
        };
    }

    private static ArrayNode array(List<Message> messages) {
        ArrayNode array = NODES.arrayNode();
        messages.forEach(message -> array.add(message.fields()));
        return array;
    }

    private static ObjectNode row() {
        return NODES.objectNode();
    }
}
