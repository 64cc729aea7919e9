package dev.attune.data;

import dev.attune.data.Finding.Severity;
import dev.attune.text.Message;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Roles and their order, empty texts, tool calls, damaged characters.
final class StructureCheck implements RowCheck {
    private static final Set<String> ROLES =
            Set.of("system", "developer", "user", "assistant", "tool", "function", "ipython");

    /// UTF-8 that was taken for Latin-1 or Windows-1252 and written as UTF-8 again.
    private static final Pattern MISREAD =
            Pattern.compile(
                    "Ã[\\u0080-\\u00bf¤-¿]|â€[\\u0099\\u009c\\u009d™œ\"\u201c“”¦]|Â[\\u00a0-\\u00bf]");

    private final RowTally tally;

    StructureCheck(int maxRows) {
        tally =
                new RowTally(maxRows)
                        .kind(
                                Severity.ERROR,
                                "no_answer",
                                "%,d rows have nothing to be learned: no assistant turn, or an"
                                        + " empty answer.",
                                "Give the answer, or drop the rows: attune data clean"
                                        + " --drop-faulty.")
                        .kind(
                                Severity.ERROR,
                                "empty_content",
                                "%,d rows hold a message without content.",
                                "Fill it, or leave the message out.")
                        .kind(
                                Severity.WARNING,
                                "empty_prompt",
                                "%,d rows ask nothing.",
                                "Give the prompt, or write the rows as plain text.")
                        .kind(
                                Severity.WARNING,
                                "unknown_role",
                                "%,d rows have a role that chat templates do not know.",
                                "Use system, user, assistant and tool.")
                        .kind(
                                Severity.WARNING,
                                "role_order",
                                "%,d rows have turns out of order: a system message that is not"
                                        + " first, or one role twice in a row.",
                                "Join the turns, or split the rows.")
                        .kind(
                                Severity.WARNING,
                                "ends_unanswered",
                                "%,d rows end with a turn that nobody answers.",
                                "Drop the last turn, or add the answer.")
                        .kind(
                                Severity.ERROR,
                                "tool_call",
                                "%,d rows have a tool call that cannot be parsed: no name, or"
                                        + " arguments that are no JSON.",
                                "Write {\"name\": ..., \"arguments\": {...}}.")
                        .kind(
                                Severity.WARNING,
                                "encoding",
                                "%,d rows have damaged characters, such as Ã¼ for ü or \ufffd.",
                                "Export again as UTF-8.")
                        .kind(
                                Severity.WARNING,
                                "control_characters",
                                "%,d rows have control characters.",
                                "attune data clean --normalise takes them out.");
    }

    @Override
    public void see(CheckedRow checked) {
        RowText text = checked.text();
        Origin at = text.origin();
        if (!text.messages().isEmpty()) {
            messages(text);
        } else if (text.prompt().isBlank() && text.answer().isBlank()) {
            tally.add("empty_prompt", at, "");
        }
        if (!text.hasAnswer() && text.answerExpected()) {
            tally.add("no_answer", at, text.prompt());
        }
        List<String> all = List.of(text.system(), text.prompt(), text.answer());
        if (all.stream().anyMatch(StructureCheck::isDamaged)) {
            tally.add("encoding", at, text.answer());
        }
        if (all.stream().anyMatch(StructureCheck::hasControl)) {
            tally.add("control_characters", at, text.answer());
        }
    }

    private static boolean isDamaged(String text) {
        boolean suspect =
                text.indexOf('Ã') >= 0 || text.indexOf('â') >= 0 || text.indexOf('Â') >= 0;
        return text.indexOf('\ufffd') >= 0 || (suspect && MISREAD.matcher(text).find());
    }

    @Override
    public List<Finding> findings(RowIndex index) {
        return tally.findings();
    }

    private void messages(RowText text) {
        Origin at = text.origin();
        List<Message> messages = text.messages();
        String before = "";
        boolean unknown = false;
        boolean order = false;
        boolean empty = false;
        boolean call = false;
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            String role = message.role();
            JsonNode calls = message.fields().path("tool_calls");
            unknown |= !ROLES.contains(role);
            order |= i > 0 && role.equals("system");
            order |= role.equals(before) && (role.equals("user") || role.equals("assistant"));
            empty |=
                    RowText.content(message).isBlank()
                            && calls.isEmpty()
                            && RowText.images(message) == 0;
            for (JsonNode one : calls) {
                call |= !isWhole(one.has("function") ? one.path("function") : one);
            }
            before = role;
        }
        note(unknown, "unknown_role", at);
        note(order, "role_order", at);
        note(empty, "empty_content", at);
        note(call, "tool_call", at);
        note(before.equals("user") && text.hasAnswer(), "ends_unanswered", at);
    }

    private void note(boolean found, String code, Origin at) {
        if (found) {
            tally.add(code, at, "");
        }
    }

    private static boolean isWhole(JsonNode function) {
        JsonNode arguments = function.path("arguments");
        if (!function.path("name").isString() || function.path("name").stringValue().isBlank()) {
            return false;
        }
        if (!arguments.isString()) {
            return arguments.isObject() || arguments.isMissingNode();
        }
        try {
            return RowJson.parse(arguments.stringValue()).isObject();
        } catch (RowJson.BadJson e) {
            return false;
        }
    }

    static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean usual = c == '\n' || c == '\t' || c == '\r';
            if (!usual && (c < ' ' || (c >= '\u007f' && c < '\u00a0'))) {
                return true;
            }
        }
        return false;
    }
}
