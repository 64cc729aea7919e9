package dev.attune.data;

import dev.attune.base.Nearest;
import dev.attune.text.Conversation;
import dev.attune.text.Message;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The shapes that single tools and well-known data sets use: Alpaca, ShareGPT, axolotl's segments,
/// OpenAI's preferences, and TRL's stepwise and prompt-only rows.
public enum ToolShape implements RowShape {
    /// `input`, `preferred_output` and `non_preferred_output`, as OpenAI takes them.
    OPENAI_PREFERENCE("OpenAI preference", "input", "preferred_output", "non_preferred_output"),
    /// `conversations` with `chosen` and `rejected`.
    SHAREGPT_PREFERENCE("ShareGPT preference", "conversations", "chosen", "rejected"),
    /// `instruction` with `chosen` and `rejected`.
    ALPACA_PREFERENCE("Alpaca preference", "instruction", "chosen", "rejected"),
    /// `prompt`, `completions` and `labels`, a true or false for each step.
    STEPWISE("stepwise", "prompt", "completions", "labels"),
    /// `conversations` with a `kto_tag` of true or false on the last turn, as LLaMA-Factory has it.
    SHAREGPT_FEEDBACK("ShareGPT feedback", "conversations", "kto_tag"),
    /// `instruction` and `output` with a `kto_tag` of true or false, as LLaMA-Factory has it.
    ALPACA_FEEDBACK("Alpaca feedback", "instruction", "output", "kto_tag"),
    /// `conversations` of `from` and `value`, with `system` and `tools`.
    SHAREGPT("ShareGPT", "conversations"),
    /// `segments` of `text` and `label`, true where they are learned.
    SEGMENTS("segments", "segments"),
    /// `instruction` and `output`, with `input`, `system` and `history`.
    ALPACA("Alpaca", "instruction", "output"),
    /// `prompt` alone, with any other columns.
    PROMPT_ONLY("prompt only", "prompt");

    /// Names under which an answer may stand: a row that has one is a faulty row of another shape.
    private static final Set<String> ANSWERS =
            Set.of(
                    "response",
                    "output",
                    "answer",
                    "completion",
                    "completions",
                    "chosen",
                    "rejected",
                    "generation",
                    "generations",
                    "reply",
                    "text");

    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // it is a List.of
    private final List<String> keys;

    ToolShape(String title, String... keys) {
        this.title = title;
        this.keys = List.of(keys);
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public List<String> keys() {
        return keys;
    }

    @Override
    public List<String> optionalKeys() {
        return switch (this) {
            case ALPACA, ALPACA_FEEDBACK, ALPACA_PREFERENCE ->
                    List.of("input", "system", "history");
            case SHAREGPT, SHAREGPT_FEEDBACK, SHAREGPT_PREFERENCE -> List.of("system");
            case OPENAI_PREFERENCE, STEPWISE, SEGMENTS, PROMPT_ONLY -> List.of();
        };
    }

    @Override
    public boolean fits(ObjectNode row) {
        return RowFields.hasAll(row, keys)
                && switch (this) {
                    case OPENAI_PREFERENCE ->
                            row.path("input").isObject() && row.path("preferred_output").isArray();
                    case SHAREGPT_PREFERENCE, SHAREGPT_FEEDBACK, SHAREGPT ->
                            ShareGptTurns.isTurns(row.path("conversations"));
                    case SEGMENTS -> row.path("segments").isArray();
                    case STEPWISE -> row.path("completions").isArray();
                    case ALPACA, ALPACA_FEEDBACK, ALPACA_PREFERENCE ->
                            row.path("instruction").isString();
                    case PROMPT_ONLY -> isWithoutAnswer(row);
                };
    }

    @Override
    public Example example(ObjectNode row, Origin origin) {
        RowFields fields = new RowFields(row);
        return switch (this) {
            case OPENAI_PREFERENCE -> openAiPreference(row, fields, origin);
            case SHAREGPT_PREFERENCE -> shareGptPreference(row, fields, origin);
            case ALPACA_PREFERENCE -> alpacaPreference(row, fields, origin);
            case STEPWISE -> stepwise(row, fields, origin);
            case SHAREGPT_FEEDBACK -> {
                List<Message> turns = ShareGptTurns.messages(row, "conversations", system(row));
                yield judged(turns, fields, origin, "conversations", "system", "kto_tag");
            }
            case ALPACA_FEEDBACK -> {
                List<Message> turns = alpacaPrompt(row, fields);
                turns.add(Message.of("assistant", fields.text("output")));
                yield judged(
                        turns,
                        fields,
                        origin,
                        "instruction",
                        "input",
                        "output",
                        "system",
                        "history",
                        "kto_tag");
            }
            case SHAREGPT -> {
                List<Message> turns = ShareGptTurns.messages(row, "conversations", system(row));
                yield new ConversationExample(
                        origin, new Conversation(turns, fields.others("conversations", "system")));
            }
            case SEGMENTS -> segments(row, fields, origin);
            case ALPACA -> {
                requireOneOutput(row);
                List<Message> turns = alpacaPrompt(row, fields);
                turns.add(Message.of("assistant", fields.text("output")));
                yield new ConversationExample(
                        origin,
                        new Conversation(
                                turns,
                                fields.others(
                                        "instruction", "input", "output", "system", "history")));
            }
            case PROMPT_ONLY ->
                    new PromptOnly(origin, fields.part("prompt"), fields.others("prompt"));
        };
    }

    /// Turns of which the last is judged by `kto_tag`.
    private static Example judged(
            List<Message> turns, RowFields fields, Origin origin, String... used) {
        if (turns.size() < 2) {
            throw RowFields.fault(
                    "A `kto_tag` judges the last turn as an answer, but there is one turn only.",
                    "Give the turns that were answered, too.");
        }
        int last = turns.size() - 1;
        return new Feedback(
                origin,
                new Part.Turns(turns.subList(0, last)),
                new Part.Turns(turns.subList(last, last + 1)),
                fields.verdict("kto_tag"),
                fields.others(used));
    }

    private static Example openAiPreference(ObjectNode row, RowFields fields, Origin origin) {
        ObjectNode input = (ObjectNode) row.path("input");
        RowFields prompt = new RowFields(input);
        Map<String, JsonNode> all = new LinkedHashMap<>(prompt.others("messages"));
        fields.others("input", "preferred_output", "non_preferred_output")
                .forEach((key, value) -> {
                    if (all.putIfAbsent(key, value) != null) {
                        throw RowFields.fault(
                                "`%s` stands in the row and in its `input`."
                                        .formatted(Quoted.plain(key)),
                                "Keep one of the two.");
                    }
                });
        return new Preference(
                origin,
                new Part.Turns(prompt.messages("messages")),
                new Part.Turns(fields.messages("preferred_output")),
                new Part.Turns(fields.messages("non_preferred_output")),
                all);
    }

    private static Example shareGptPreference(ObjectNode row, RowFields fields, Origin origin) {
        return new Preference(
                origin,
                new Part.Turns(ShareGptTurns.messages(row, "conversations", system(row))),
                answer(row, "chosen"),
                answer(row, "rejected"),
                fields.others("conversations", "chosen", "rejected", "system"));
    }

    private static Example alpacaPreference(ObjectNode row, RowFields fields, Origin origin) {
        return new Preference(
                origin,
                new Part.Turns(alpacaPrompt(row, fields)),
                answer(row, "chosen"),
                answer(row, "rejected"),
                fields.others("instruction", "input", "chosen", "rejected", "system", "history"));
    }

    /// An answer that is a turn, a list of turns, or a text.
    private static Part answer(ObjectNode row, String key) {
        JsonNode value = row.path(key);
        if (value.isString()) {
            return new Part.Turns(List.of(Message.of("assistant", value.stringValue())));
        }
        return value.isArray()
                ? new Part.Turns(ShareGptTurns.messages(row, key, Optional.empty()))
                : new Part.Turns(List.of(ShareGptTurns.message(key, value)));
    }

    private static List<Message> alpacaPrompt(ObjectNode row, RowFields fields) {
        List<Message> turns = new ArrayList<>();
        system(row)
                .filter(text -> !text.isBlank())
                .ifPresent(text -> turns.add(Message.of("system", text)));
        JsonNode history = row.path("history");
        if (!history.isArray() && !isAbsent(history)) {
            throw RowFields.fault(
                    "`history` is %s; expected a list of pairs of texts."
                            .formatted(RowFields.kind(history)),
                    "Write [[\"question\", \"answer\"], ...].");
        }
        for (JsonNode pair : history) {
            if (!pair.path(0).isString() || !pair.path(1).isString() || pair.size() != 2) {
                throw RowFields.fault(
                        "`history` holds %s; expected pairs of texts."
                                .formatted(RowFields.kind(pair)),
                        "Write [[\"question\", \"answer\"], ...].");
            }
            turns.add(Message.of("user", pair.path(0).stringValue()));
            turns.add(Message.of("assistant", pair.path(1).stringValue()));
        }
        String instruction = fields.text("instruction");
        String input = isAbsent(row.path("input")) ? "" : fields.text("input");
        String asked =
                input.isBlank()
                        ? instruction
                        : instruction.isBlank() ? input : instruction + "\n" + input;
        turns.add(Message.of("user", asked));
        return turns;
    }

    /// LLaMA-Factory's older pairs, and rows with several answers, have a list there.
    private static void requireOneOutput(ObjectNode row) {
        if (row.path("output").isArray()) {
            throw RowFields.fault(
                    "`output` is a list of %d; expected a text."
                            .formatted(row.path("output").size()),
                    "Of a preferred and a rejected answer, write the first as `chosen` and the"
                            + " second as `rejected`; of several good ones make a row each.");
        }
    }

    private static Example stepwise(ObjectNode row, RowFields fields, Origin origin) {
        List<String> steps = new ArrayList<>();
        for (JsonNode step : row.path("completions")) {
            if (!step.isString()) {
                throw RowFields.fault(
                        "`completions` holds %s; expected texts.".formatted(RowFields.kind(step)),
                        "Write each step as a string.");
            }
            steps.add(step.stringValue());
        }
        List<Boolean> labels = new ArrayList<>();
        for (JsonNode label : row.path("labels")) {
            if (!label.isBoolean()) {
                throw RowFields.fault(
                        "`labels` holds %s; expected true or false."
                                .formatted(RowFields.kind(label)),
                        "Write true for a right step and false for a wrong one.");
            }
            labels.add(label.booleanValue());
        }
        if (steps.size() != labels.size() || steps.isEmpty()) {
            throw RowFields.fault(
                    "There are %d `completions` and %d `labels`; expected one label a step."
                            .formatted(steps.size(), labels.size()),
                    "Give each step its label.");
        }
        return new Stepwise(
                origin,
                fields.text("prompt"),
                steps,
                labels,
                fields.others("prompt", "completions", "labels"));
    }

    private static Example segments(ObjectNode row, RowFields fields, Origin origin) {
        List<Segments.Segment> segments = new ArrayList<>();
        for (JsonNode piece : row.path("segments")) {
            if (!piece.path("text").isString() || !piece.path("label").isBoolean()) {
                throw RowFields.fault(
                        "`segments[%d]` has no text or no label.".formatted(segments.size()),
                        "Write {\"text\": ..., \"label\": true} for what is learned, false for the"
                                + " rest.");
            }
            segments.add(
                    new Segments.Segment(
                            piece.path("text").stringValue(), piece.path("label").booleanValue()));
        }
        if (segments.isEmpty()) {
            throw RowFields.fault("`segments` is an empty list.", "Fill it, or leave the row out.");
        }
        return new Segments(origin, segments, fields.others("segments"));
    }

    private static Optional<String> system(ObjectNode row) {
        JsonNode system = row.path("system");
        if (!system.isString() && !isAbsent(system)) {
            throw RowFields.fault(
                    "`system` is %s; expected a text.".formatted(RowFields.kind(system)),
                    "Write it as a string, or give the column another name.");
        }
        return system.isString() ? Optional.of(system.stringValue()) : Optional.empty();
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || (value.isString() && value.stringValue().isBlank());
    }

    private static boolean isWithoutAnswer(ObjectNode row) {
        return row.propertyNames().stream()
                .limit(50)
                .filter(name -> name.length() <= 40)
                .noneMatch(name -> ANSWERS.contains(name) || Nearest.to(name, ANSWERS).isPresent());
    }
}
