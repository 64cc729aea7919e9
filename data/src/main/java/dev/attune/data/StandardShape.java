package dev.attune.data;

import dev.attune.text.Conversation;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Map;

/// The shapes that Hugging Face's TRL and OpenAI's fine-tuning share, told by their keys. The order
/// is that of recognition: a shape comes before those whose keys it contains.
public enum StandardShape implements RowShape {
    /// `prompt`, `chosen`, `rejected`; or the last two alone, with the prompt at the start of both.
    PREFERENCE("preference", "chosen", "rejected"),
    /// `prompt`, `completion` and a `label` of true or false, as KTO takes them.
    FEEDBACK("feedback", "prompt", "completion", "label"),
    /// `messages` and a `label` of true or false on the last of them.
    MESSAGES_FEEDBACK("feedback on messages", "messages", "label"),
    /// `messages`, with `tools` and any other columns.
    MESSAGES("messages", "messages"),
    /// `prompt` and `completion`.
    PROMPT_COMPLETION("prompt and completion", "prompt", "completion"),
    /// `text`.
    TEXT("plain text", "text");

    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // it is a List.of
    private final List<String> keys;

    StandardShape(String title, String... keys) {
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

    /// Whether all keys are there, and a `label` is a verdict: a class name under that key is a
    /// column like any other.
    @Override
    public boolean fits(ObjectNode row) {
        return RowFields.hasAll(row, keys)
                && (!keys.contains("label") || isVerdict(row.path("label")));
    }

    @Override
    public Example example(ObjectNode row, Origin origin) {
        RowFields fields = new RowFields(row);
        return switch (this) {
            case PREFERENCE -> preference(fields, origin);
            case FEEDBACK -> feedback(fields, origin);
            case MESSAGES_FEEDBACK -> messagesFeedback(fields, origin);
            case MESSAGES -> messages(fields, origin);
            case PROMPT_COMPLETION -> promptCompletion(fields, origin);
            case TEXT -> {
                if (fields.has("parent_id") && fields.has("role")) {
                    throw RowFields.fault(
                            "The row is one message of a tree, with `parent_id` and `role`.",
                            "Put each path of the tree together as a row of `messages`.");
                }
                yield new PlainText(origin, fields.text("text"), fields.others("text"));
            }
        };
    }

    private static Example preference(RowFields fields, Origin origin) {
        Part chosen = fields.part("chosen");
        Part rejected = fields.part("rejected");
        fields.requireOneKind("chosen", "rejected");
        if (!fields.has("prompt")) {
            requireNoOtherPrompt(fields, chosen);
            SharedPrompt shared = SharedPrompt.of(chosen, rejected);
            Map<String, JsonNode> columns = fields.others("chosen", "rejected");
            return new Preference(
                    origin, shared.prompt(), shared.chosen(), shared.rejected(), columns);
        }
        Part prompt = fields.part("prompt");
        fields.requireOneKind("prompt", "chosen");
        return new Preference(
                origin, prompt, chosen, rejected, fields.others("prompt", "chosen", "rejected"));
    }

    /// Two answers of text that begin with the same word would be taken for a prompt and its
    /// answers, though the prompt stands under another name.
    private static void requireNoOtherPrompt(RowFields fields, Part chosen) {
        for (String name : List.of("question", "instruction", "input", "query", "system")) {
            if (chosen instanceof Part.Text && fields.has(name)) {
                throw RowFields.fault(
                        "There is no `prompt`, but a column `%s` beside `chosen` and `rejected`."
                                .formatted(name),
                        name.equals("system")
                                ? "Name the column that is the prompt: --column prompt=NAME; give a"
                                        + " system prompt as a message of it."
                                : "Rename it: --column prompt=%s; or give it another name if both"
                                                .formatted(name)
                                        + " answers begin with the prompt.");
            }
        }
    }

    private static Example feedback(RowFields fields, Origin origin) {
        Part prompt = fields.part("prompt");
        Part completion = fields.part("completion");
        fields.requireOneKind("prompt", "completion");
        boolean label = fields.verdict("label");
        return new Feedback(
                origin, prompt, completion, label, fields.others("prompt", "completion", "label"));
    }

    private static Example messagesFeedback(RowFields fields, Origin origin) {
        var all = fields.messages("messages");
        if (all.size() < 2) {
            throw RowFields.fault(
                    "A label judges the last of the messages as an answer, but there is one"
                            + " message only.",
                    "Give the messages that were answered, too.");
        }
        return new Feedback(
                origin,
                new Part.Turns(all.subList(0, all.size() - 1)),
                new Part.Turns(all.subList(all.size() - 1, all.size())),
                fields.verdict("label"),
                fields.others("messages", "label"));
    }

    private static Example messages(RowFields fields, Origin origin) {
        if (fields.has("functions")) {
            throw RowFields.fault(
                    "The row has `functions`, OpenAI's older form of `tools`.",
                    "Write `tools`: [{\"type\": \"function\", \"function\": {...}}].");
        }
        var conversation = new Conversation(fields.messages("messages"), fields.others("messages"));
        return new ConversationExample(origin, conversation);
    }

    private static Example promptCompletion(RowFields fields, Origin origin) {
        Part prompt = fields.part("prompt");
        Part completion = fields.part("completion");
        fields.requireOneKind("prompt", "completion");
        return new PromptCompletion(
                origin, prompt, completion, fields.others("prompt", "completion"));
    }

    private static boolean isVerdict(JsonNode label) {
        // 0 and 1 fit so that they are refused with a reason, and not taken for a column.
        return label.isBoolean() || label.isNumber() || label.isNull();
    }
}
