package dev.attune.data;

import dev.attune.text.Message;
import dev.attune.text.Span;
import dev.attune.text.TrainOn;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An example as turns that end with what is learned, or as a prompt and a completion.
final class ExampleTurns {
    private static final int SHOWN_CHARS = 60;

    private final Example example;
    private final ShapeChanges changes;
    private final EndOfText end;

    ExampleTurns(Example example, ShapeChanges changes, EndOfText end) {
        this.example = example;
        this.changes = changes;
        this.end = end;
    }

    /// The row as turns. Answers that are part of a prompt are marked as not learned.
    Optional<List<Message>> turns() {
        return switch (example) {
            case ConversationExample row -> Optional.of(row.conversation().messages());
            case PromptCompletion row -> Optional.of(joined(row.prompt(), row.completion()));
            case Preference row -> {
                changes.loses("the rejected answer", shown(row.rejected()));
                yield Optional.of(joined(row.prompt(), row.chosen()));
            }
            case Feedback row ->
                    good(row) ? Optional.of(joined(row.prompt(), row.completion())) : bad();
            case PromptOnly row -> {
                changes.alters("a prompt becomes a conversation without an answer");
                yield Optional.of(unlearned(turned(row.prompt(), "user")));
            }
            case PlainText _ -> changes.cannot("running text has no turns", "text");
            case Stepwise _ ->
                    changes.cannot("of steps it is learned whether each is right", "labels");
            case Segments _ ->
                    changes.cannot("the text of segments is not cut into turns", "segments");
        };
    }

    /// The row as a prompt and what is learned behind it.
    Optional<PromptCompletion> pair() {
        return switch (example) {
            case PromptCompletion row -> Optional.of(row);
            case ConversationExample row -> split(row);
            case Preference row -> {
                changes.loses("the rejected answer", shown(row.rejected()));
                yield Optional.of(pair(row.prompt(), row.chosen()));
            }
            case Feedback row ->
                    good(row) ? Optional.of(pair(row.prompt(), row.completion())) : bad();
            case PlainText row -> Optional.of(pair(new Part.Text(""), new Part.Text(row.text())));
            case Segments row -> end(row);
            case PromptOnly _ -> changes.cannot("there is no answer", "prompt");
            case Stepwise _ ->
                    changes.cannot("of steps it is learned whether each is right", "labels");
        };
    }

    private PromptCompletion pair(Part prompt, Part completion) {
        return new PromptCompletion(example.origin(), prompt, completion, example.columns());
    }

    private boolean good(Feedback row) {
        if (row.label()) {
            changes.loses("the label", "label = true");
        }
        return row.label();
    }

    private <T> Optional<T> bad() {
        return changes.cannot("an answer that was found bad is not to be learned", "label = false");
    }

    /// The completion is all that the assistant and its tools say behind the last other turn.
    private Optional<PromptCompletion> split(ConversationExample row) {
        List<Message> turns = row.conversation().messages();
        int block = turns.size();
        while (block > 0 && isOfAnswer(turns.get(block - 1))) {
            block--;
        }
        int from = firstLearned(turns, block);
        if (from == turns.size()) {
            return changes.cannot(
                    "the conversation does not end with an answer",
                    place(from - 1) + ".role = " + turns.getLast().role());
        }
        if (from == 0) {
            return changes.cannot(
                    "the conversation begins with the answer", place(0) + ".role = assistant");
        }
        for (int i = 0; i < from; i++) {
            if (TrainOn.ASSISTANT.learns(turns.get(i))) {
                changes.loses(
                        "that the earlier answers are learned",
                        place(i) + ": " + shown(new Part.Turns(turns.subList(i, i + 1))));
            }
        }
        return Optional.of(
                pair(
                        new Part.Turns(turns.subList(0, from)),
                        new Part.Turns(turns.subList(from, turns.size()))));
    }

    /// Where the answer begins within the turns from `block` on; the size if there is none.
    private static int firstLearned(List<Message> turns, int block) {
        for (int i = block; i < turns.size(); i++) {
            if (TrainOn.ASSISTANT.learns(turns.get(i))) {
                return i;
            }
        }
        int last = turns.size() - 1;
        return turns.getLast().role().equals("assistant") ? last : turns.size();
    }

    private static boolean isOfAnswer(Message message) {
        return message.role().equals("assistant") || message.role().equals("tool");
    }

    private Optional<PromptCompletion> end(Segments row) {
        String text = end.cut(row, changes);
        List<Span> learned = EndOfText.within(row.trained(), text.length());
        if (learned.size() > 1
                || (learned.size() == 1 && learned.getFirst().to() < text.length())
                || (learned.isEmpty() && text.length() == row.text().length())) {
            return changes.cannot(
                    "what is learned is not one piece at the end of the text",
                    "%d learned pieces".formatted(row.trained().size()));
        }
        int from = learned.isEmpty() ? text.length() : learned.getFirst().from();
        return Optional.of(
                pair(new Part.Text(text.substring(0, from)), new Part.Text(text.substring(from))));
    }

    private List<Message> joined(Part prompt, Part answer) {
        List<Message> all = new ArrayList<>(unlearned(turned(prompt, "user")));
        all.addAll(turned(answer, "assistant"));
        return all;
    }

    private List<Message> turned(Part part, String role) {
        return turned(part, role, changes);
    }

    /// A part as turns; text is one turn of the role that speaks there.
    static List<Message> turned(Part part, String role, ShapeChanges changes) {
        return switch (part) {
            case Part.Turns(List<Message> turns) -> turns;
            case Part.Text(String text) -> {
                changes.alters(ShapeChanges.TURNED);
                yield List.of(Message.of(role, text));
            }
        };
    }

    /// Messages of a prompt, which are never learned, marked so where a conversation would learn
    /// them.
    static List<Message> unlearned(List<Message> prompt) {
        return prompt.stream().map(ExampleTurns::unlearned).toList();
    }

    private static Message unlearned(Message message) {
        if (!TrainOn.ASSISTANT.learns(message)) {
            return message;
        }
        ObjectNode fields = message.fields().deepCopy();
        return new Message(
                fields.path("train").isBoolean()
                        ? fields.put("train", false)
                        : fields.put("weight", 0));
    }

    /// Messages as a list of JSON objects.
    static ArrayNode array(List<Message> messages) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        messages.forEach(message -> array.add(message.fields()));
        return array;
    }

    /// How the message number `index` is called.
    static String place(int index) {
        return "messages[" + index + "]";
    }

    /// The start of an answer.
    static String shown(Part part) {
        return switch (part) {
            case Part.Text(String text) -> Quoted.plain(text, SHOWN_CHARS);
            case Part.Turns(List<Message> turns) ->
                    Quoted.plain(RowText.content(turns.getLast()), SHOWN_CHARS);
        };
    }
}
