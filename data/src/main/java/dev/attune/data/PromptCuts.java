package dev.attune.data;

import dev.attune.text.Message;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

/// Ever shorter forms of a row, of which the answer stays whole: first the oldest exchanges of a
/// conversation are left out, then word after word the beginning of what is asked. The system
/// message and the last word stay.
///
/// | row | what is cut |
/// |---|---|
/// | conversation | all but the last exchange; then the first message of that one |
/// | prompt and an answer, or two, or a verdict, or none | the prompt: as above, or its text |
/// | stepwise | the prompt |
/// | segments | what stands before the first that is learned |
/// | text | nothing: it has no prompt |
final class PromptCuts {
    private final Example example;
    private final ObjectNode row;
    private final Exchanges exchanges;
    private final String text;
    private final WordStarts words;

    /// @param row what `example` was understood from
    PromptCuts(Example example, ObjectNode row) {
        this.example = example;
        this.row = row;
        this.exchanges = Exchanges.of(turns(example));
        this.text = text(example, exchanges);
        this.words = new WordStarts(text);
    }

    /// How many shorter forms there are.
    int count() {
        return leavable() + words.count();
    }

    /// The row with `cuts` cuts, from 1 on.
    ObjectNode row(int cuts) {
        int left = Math.min(cuts, leavable());
        String rest = cuts > leavable() ? text.substring(words.at(cuts - leavable() - 1)) : text;
        return switch (example) {
            case ConversationExample _ -> messages(row, shortened(left, rest));
            case Stepwise _ -> row.deepCopy().put("prompt", rest);
            case Segments segments -> segmented(segments, rest);
            case PromptCompletion pair ->
                    written(
                            new PromptCompletion(
                                    pair.origin(),
                                    part(pair.prompt(), left, rest),
                                    pair.completion(),
                                    pair.columns()),
                            TargetShape.PROMPT_COMPLETION);
            case Preference pair ->
                    written(
                            new Preference(
                                    pair.origin(),
                                    part(pair.prompt(), left, rest),
                                    pair.chosen(),
                                    pair.rejected(),
                                    pair.columns()),
                            TargetShape.PREFERENCE);
            case Feedback judged ->
                    written(
                            new Feedback(
                                    judged.origin(),
                                    part(judged.prompt(), left, rest),
                                    judged.completion(),
                                    judged.label(),
                                    judged.columns()),
                            TargetShape.FEEDBACK);
            case PromptOnly only ->
                    written(
                            new PromptOnly(
                                    only.origin(), part(only.prompt(), left, rest), only.columns()),
                            TargetShape.PROMPT_ONLY);
            case PlainText _ -> row;
        };
    }

    /// What was left out by so many cuts, in words.
    String told(int cuts) {
        int left = Math.min(cuts, leavable());
        String exchanges = left == 0 ? "" : "the oldest " + left + " exchanges";
        int characters = cuts > leavable() ? words.at(cuts - leavable() - 1) : 0;
        String beginning = characters == 0 ? "" : "the first " + characters + " characters";
        return exchanges + (left > 0 && characters > 0 ? " and " : "") + beginning + " left out";
    }

    /// `row` with `messages` in place of whatever said its conversation.
    static ObjectNode messages(ObjectNode row, List<Message> messages) {
        ObjectNode part = row.deepCopy();
        if (!row.has("messages")) {
            part.remove(
                    List.of(
                            "conversations",
                            "system",
                            "instruction",
                            "input",
                            "output",
                            "history"));
        }
        ArrayNode list = part.putArray("messages");
        messages.forEach(message -> list.add(message.fields()));
        return part;
    }

    private int leavable() {
        return Math.max(0, exchanges.all().size() - 1);
    }

    /// The turns that can be left out; none where the prompt is a text.
    private static List<Message> turns(Example example) {
        return switch (example) {
            case ConversationExample row -> row.conversation().messages();
            case PromptCompletion row -> turns(row.prompt());
            case Preference row -> turns(row.prompt());
            case Feedback row -> turns(row.prompt());
            case PromptOnly row -> turns(row.prompt());
            case PlainText _, Stepwise _, Segments _ -> List.of();
        };
    }

    private static List<Message> turns(Part part) {
        return switch (part) {
            case Part.Turns(List<Message> turns) -> turns;
            case Part.Text _ -> List.of();
        };
    }

    /// The text of which words are cut in the end: nothing where the last exchange does not begin
    /// with a question of text alone.
    private static String text(Example example, Exchanges exchanges) {
        if (!exchanges.all().isEmpty()) {
            Message first = exchanges.all().getLast().getFirst();
            JsonNode content = first.fields().path("content");
            return first.role().equals("user") && content.isString() ? content.stringValue() : "";
        }
        return switch (example) {
            case PromptCompletion row -> text(row.prompt());
            case Preference row -> text(row.prompt());
            case Feedback row -> text(row.prompt());
            case PromptOnly row -> text(row.prompt());
            case Stepwise row -> row.prompt();
            case Segments row -> {
                var spans = row.trained();
                yield row.text().substring(0, spans.isEmpty() ? 0 : spans.getFirst().from());
            }
            case PlainText _, ConversationExample _ -> "";
        };
    }

    private static String text(Part part) {
        return switch (part) {
            case Part.Text(String text) -> text;
            case Part.Turns _ -> "";
        };
    }

    private Part part(Part prompt, int left, String rest) {
        return switch (prompt) {
            case Part.Text _ -> new Part.Text(rest);
            case Part.Turns _ -> new Part.Turns(shortened(left, rest));
        };
    }

    private List<Message> shortened(int left, String rest) {
        List<Message> messages = exchanges.messages(left, exchanges.all().size());
        if (rest.length() < text.length()) {
            int at = exchanges.system().size();
            ObjectNode fields = messages.get(at).fields().deepCopy().put("content", rest);
            messages.set(at, new Message(fields));
        }
        return messages;
    }

    /// The row under the keys that it has where these say its prompt, else in the plain shape.
    private ObjectNode written(Example shorter, TargetShape target) {
        if (row.path("prompt").isString() && turns(example).isEmpty()) {
            return row.deepCopy().put("prompt", text(shorter, Exchanges.of(List.of())));
        }
        return ShapeWriter.write(shorter, target).rows().getFirst();
    }

    private ObjectNode segmented(Segments segments, String rest) {
        ObjectNode part = row.deepCopy();
        ArrayNode list = part.putArray("segments");
        list.addObject().put("text", rest).put("label", false);
        List<Segments.Segment> learned = new ArrayList<>(segments.segments());
        while (!learned.isEmpty() && !learned.getFirst().learned()) {
            learned.removeFirst();
        }
        learned.forEach(segment ->
                list.addObject().put("text", segment.text()).put("label", segment.learned()));
        return part;
    }
}
