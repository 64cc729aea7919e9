package dev.attune.data;

import dev.attune.text.Message;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// An example as those see it who judge data: what is asked, and what is answered.
///
/// Rows whose lesson is a verdict are turned so that equal questions must have equal answers: of a
/// [Feedback] the question is prompt and completion and the answer the label; of a [Preference] the
/// question holds both answers, in an order that does not tell which was chosen. A text with a
/// column of labels asks for the label.
///
/// @param system what a system message says, or nothing
/// @param prompt all turns before the last answer; one of a single turn is that turn's text
/// @param answer what is to be learned last; empty where there is none
/// @param messages the turns, where the row has such
/// @param label the class or verdict, where the row has one
/// @param images how many parts, or entries of `images`, are no text
/// @param answerExpected whether the shape has an answer at all
public record RowText(
        Origin origin,
        String system,
        String prompt,
        String answer,
        List<Message> messages,
        Optional<String> label,
        Map<String, JsonNode> columns,
        int images,
        boolean answerExpected) {
    private static final List<String> LABELS =
            List.of("label", "category", "intent", "class", "sentiment", "topic");

    /// Copies the lists.
    public RowText {
        messages = List.copyOf(messages);
        columns = Example.copied(columns);
    }

    /// What `example` asks and answers.
    public static RowText of(Example example) {
        return switch (example) {
            case ConversationExample row -> ofMessages(row, row.conversation().messages());
            case PromptCompletion row -> {
                if (row.prompt() instanceof Part.Text(String prompt)
                        && row.completion() instanceof Part.Text(String completion)) {
                    yield plain(row, prompt, completion);
                }
                List<Message> all = new ArrayList<>(turns(row.prompt(), "user"));
                all.addAll(turns(row.completion(), "assistant"));
                yield ofMessages(row, all);
            }
            case Feedback row ->
                    plain(
                            row,
                            text(row.prompt()) + "\n\n" + text(row.completion()),
                            Boolean.toString(row.label()));
            case Preference row -> {
                String both =
                        Stream.of(row.chosen(), row.rejected())
                                .map(RowText::text)
                                .sorted()
                                .collect(Collectors.joining("\n\n"));
                yield plain(row, text(row.prompt()) + "\n\n" + both, text(row.chosen()));
            }
            case PlainText row -> {
                Optional<String> label = label(row.columns());
                yield plain(row, label.isPresent() ? row.text() : "", label.orElse(row.text()));
            }
            case PromptOnly row -> plain(row, text(row.prompt()), "");
            case Stepwise row ->
                    plain(
                            row,
                            row.prompt() + "\n\n" + String.join("\n", row.steps()),
                            row.labels().toString());
            case Segments row -> segments(row);
        };
    }

    /// Whether there is something to be learned.
    public boolean hasAnswer() {
        return !answer.isBlank();
    }

    /// The text of a message: its content, or the text parts of it.
    static String content(Message message) {
        JsonNode content = message.fields().path("content");
        if (content.isString()) {
            return content.stringValue();
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content.isArray() ? content : List.<JsonNode>of()) {
            String piece = part.path("text").stringValue("");
            text.append(text.isEmpty() || piece.isEmpty() ? "" : "\n").append(piece);
        }
        return text.toString();
    }

    /// How many parts of a message are an image, a sound or the like.
    static int images(Message message) {
        int images = 0;
        JsonNode content = message.fields().path("content");
        for (JsonNode part : content.isArray() ? content : List.<JsonNode>of()) {
            images += part.path("type").stringValue("text").endsWith("text") ? 0 : 1;
        }
        return images;
    }

    /// How many images a row has: parts of messages, or, where a word in the text stands for each,
    /// entries of the column `images`.
    static int images(Example row) {
        int parts =
                parts(row).stream()
                        .flatMap(part -> turns(part, "user").stream())
                        .mapToInt(RowText::images)
                        .sum();
        JsonNode listed = row.columns().get("images");
        return listed == null || !listed.isArray() ? parts : Math.max(parts, listed.size());
    }

    private static List<Part> parts(Example row) {
        return switch (row) {
            case ConversationExample chat ->
                    List.of(new Part.Turns(chat.conversation().messages()));
            case PromptCompletion pair -> List.of(pair.prompt(), pair.completion());
            case Feedback judged -> List.of(judged.prompt(), judged.completion());
            case Preference pair -> List.of(pair.prompt(), pair.chosen(), pair.rejected());
            case PromptOnly alone -> List.of(alone.prompt());
            case PlainText _, Stepwise _, Segments _ -> List.of();
        };
    }

    private static RowText ofMessages(Example row, List<Message> messages) {
        int last = messages.size() - 1;
        while (last >= 0 && !messages.get(last).role().equals("assistant")) {
            last--;
        }
        String system =
                messages.stream()
                        .filter(m -> m.role().equals("system") || m.role().equals("developer"))
                        .map(RowText::content)
                        .collect(Collectors.joining("\n"));
        List<Message> before =
                messages.subList(0, last < 0 ? messages.size() : last).stream()
                        .filter(m -> !m.role().equals("system") && !m.role().equals("developer"))
                        .toList();
        return new RowText(
                row.origin(),
                system,
                before.size() == 1 ? content(before.getFirst()) : spoken(before),
                last < 0 ? "" : answer(messages.get(last)),
                messages,
                label(row.columns()),
                row.columns(),
                images(row),
                true);
    }

    private static RowText plain(Example row, String prompt, String answer) {
        return new RowText(
                row.origin(),
                "",
                prompt,
                answer,
                List.of(),
                row instanceof Feedback || row instanceof Stepwise
                        ? Optional.of(answer)
                        : label(row.columns()),
                row.columns(),
                images(row),
                !(row instanceof PromptOnly));
    }

    private static RowText segments(Segments row) {
        List<Segments.Segment> all = row.segments();
        int last = all.size() - 1;
        while (last >= 0 && !all.get(last).learned()) {
            last--;
        }
        String prompt =
                all.subList(0, Math.max(0, last)).stream()
                        .map(Segments.Segment::text)
                        .collect(Collectors.joining());
        return plain(row, prompt, last < 0 ? "" : all.get(last).text());
    }

    private static String answer(Message message) {
        String text = content(message);
        JsonNode calls = message.fields().path("tool_calls");
        return calls.isArray() && !calls.isEmpty() ? (text + "\n" + calls).strip() : text;
    }

    private static List<Message> turns(Part part, String role) {
        return switch (part) {
            case Part.Turns(List<Message> turns) -> turns;
            case Part.Text(String text) -> List.of(Message.of(role, text));
        };
    }

    private static String text(Part part) {
        return switch (part) {
            case Part.Text(String text) -> text;
            case Part.Turns(List<Message> turns) ->
                    turns.size() == 1 ? answer(turns.getFirst()) : spoken(turns);
        };
    }

    private static String spoken(List<Message> turns) {
        return turns.stream()
                .map(turn -> turn.role() + ": " + answer(turn))
                .collect(Collectors.joining("\n"));
    }

    private static Optional<String> label(Map<String, JsonNode> columns) {
        for (String name : LABELS) {
            JsonNode value = columns.get(name);
            if (value != null && value.isValueNode() && !value.isNull()) {
                return Optional.of(value.isString() ? value.stringValue() : value.toString());
            }
        }
        return Optional.empty();
    }
}
