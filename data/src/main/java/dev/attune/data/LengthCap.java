package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.text.Conversation;
import dev.attune.text.Message;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// Keeps rows within a number of tokens, by a policy. An answer is never cut.
///
/// @param length of a row, in tokens
public record LengthCap(int maxTokens, Policy policy, ToIntFunction<Example> length) {
    /// What becomes of a row that is too long.
    public enum Policy {
        /// The whole cleaning is refused.
        FAIL,
        /// The row is dropped.
        DROP,
        /// The conversation becomes several rows, each with the system message; one exchange is
        /// never divided.
        SPLIT,
        /// The oldest exchanges of the conversation are left out, the system message stays.
        TRUNCATE_PROMPT;

        /// As a person writes it.
        public String told() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// The rows that come of one.
    ///
    /// @param rows none if it was dropped
    /// @param reason why they are not the row that came in; empty if they are
    record Capped(List<ObjectNode> rows, String reason) {}

    /// Applies the policy.
    ///
    /// @throws AttuneException of kind USER if the policy is to fail
    Capped apply(Example example, ObjectNode row) {
        int tokens = length.applyAsInt(example);
        if (tokens <= maxTokens) {
            return new Capped(List.of(row), "");
        }
        String what = "%d tokens, of which %d are allowed".formatted(tokens, maxTokens);
        return switch (policy) {
            case FAIL ->
                    throw AttuneException.user("The row has " + what + ".")
                            .at(example.origin())
                            .fix("Choose another policy: drop, split or truncate-prompt.");
            case DROP -> new Capped(List.of(), what);
            case SPLIT -> split(example, row, what);
            case TRUNCATE_PROMPT -> truncated(example, row, what);
        };
    }

    private Capped split(Example example, ObjectNode row, String what) {
        List<List<Message>> exchanges = exchanges(example);
        List<ObjectNode> rows = new ArrayList<>();
        int from = 0;
        while (from < exchanges.size()) {
            int to = from;
            while (to < exchanges.size() && fits(example, exchanges.subList(from, to + 1))) {
                to++;
            }
            if (to == from) {
                return new Capped(List.of(), what + "; one exchange alone is too long");
            }
            rows.add(with(row, joined(example, exchanges.subList(from, to))));
            from = to;
        }
        return rows.isEmpty()
                ? new Capped(List.of(), what + "; only conversations can be split")
                : new Capped(rows, what + "; split into " + rows.size());
    }

    private Capped truncated(Example example, ObjectNode row, String what) {
        List<List<Message>> exchanges = exchanges(example);
        for (int from = 1; from < exchanges.size(); from++) {
            List<List<Message>> rest = exchanges.subList(from, exchanges.size());
            if (fits(example, rest)) {
                return new Capped(
                        List.of(with(row, joined(example, rest))),
                        what + "; the oldest " + from + " exchanges left out");
            }
        }
        return new Capped(List.of(), what + "; the last exchange alone is too long");
    }

    private boolean fits(Example example, List<List<Message>> exchanges) {
        var part =
                new ConversationExample(
                        example.origin(),
                        new Conversation(joined(example, exchanges), example.columns()));
        return length.applyAsInt(part) <= maxTokens;
    }

    private static ObjectNode with(ObjectNode row, List<Message> messages) {
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

    private static List<Message> joined(Example example, List<List<Message>> exchanges) {
        List<Message> messages = new ArrayList<>();
        system(example).ifPresent(messages::add);
        exchanges.forEach(messages::addAll);
        return messages;
    }

    private static Optional<Message> system(Example example) {
        return example instanceof ConversationExample row
                ? row.conversation().messages().stream()
                        .limit(1)
                        .filter(m -> m.role().equals("system"))
                        .findFirst()
                : Optional.empty();
    }

    /// The turns of a row with `messages`, cut before each user's turn; none for other rows.
    private static List<List<Message>> exchanges(Example example) {
        List<List<Message>> exchanges = new ArrayList<>();
        if (!(example instanceof ConversationExample row)) {
            return exchanges;
        }
        List<Message> messages = row.conversation().messages();
        List<Message> current = new ArrayList<>();
        for (int i = system(example).isPresent() ? 1 : 0; i < messages.size(); i++) {
            if (messages.get(i).role().equals("user") && !current.isEmpty()) {
                exchanges.add(List.copyOf(current));
                current.clear();
            }
            current.add(messages.get(i));
        }
        exchanges.add(List.copyOf(current));
        return exchanges;
    }
}
