package dev.attune.data;

import dev.attune.text.Message;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Optional;

/// Which rows are of one conversation, or from one source: by a column that says so, or by the
/// first question and answer of conversations that have several.
final class Kinship {
    private static final List<String> CONVERSATIONS =
            List.of(
                    "conversation_id",
                    "conv_id",
                    "dialog_id",
                    "dialogue_id",
                    "thread_id",
                    "session_id",
                    "ticket_id");
    private static final List<String> SOURCES =
            List.of("document_id", "doc_id", "source_id", "url", "source_url", "document");

    private final List<String> conversationColumns;
    private final FirstRows firstOfConversation = new FirstRows();
    private final FirstRows firstOfSource = new FirstRows();
    private final LongList conversations = new LongList();
    private final LongList sources = new LongList();

    Kinship() {
        this(Optional.empty());
    }

    /// @param column a column whose equal values mean one conversation, whatever it is called
    Kinship(Optional<String> column) {
        conversationColumns = column.map(List::of).orElse(CONVERSATIONS);
    }

    /// Hears of two rows.
    interface Pairs {
        void pair(int a, int b);
    }

    /// Sees a row; rows come in the order of their numbers.
    void see(int row, RowText text) {
        long conversation =
                key(text, conversationColumns).or(() -> opening(text.messages())).orElse(0L);
        long source = key(text, SOURCES).orElse(0L);
        conversations.add(conversation);
        sources.add(source);
        if (conversation != 0) {
            firstOfConversation.first(conversation, row);
        }
        if (source != 0) {
            firstOfSource.first(source, row);
        }
    }

    /// Joins rows of one conversation.
    void join(RowGroups groups) {
        for (int row = 0; row < conversations.size(); row++) {
            if (conversations.at(row) != 0) {
                groups.join(firstOfConversation.find(conversations.at(row)), row);
            }
        }
    }

    /// Tells of held-out rows with the conversation of a training row.
    void acrossConversations(int trainRows, Pairs into) {
        across(conversations, firstOfConversation, trainRows, into);
    }

    /// Tells of held-out rows with the source of a training row.
    void acrossSources(int trainRows, Pairs into) {
        across(sources, firstOfSource, trainRows, into);
    }

    private static void across(LongList keys, FirstRows first, int trainRows, Pairs into) {
        for (int row = trainRows; row < keys.size(); row++) {
            if (keys.at(row) != 0) {
                int other = first.find(keys.at(row));
                if (other < trainRows) {
                    into.pair(other, row);
                }
            }
        }
    }

    private static Optional<Long> key(RowText text, List<String> columns) {
        for (String name : columns) {
            JsonNode value = text.columns().get(name);
            if (value != null && value.isValueNode() && !value.isNull()) {
                String said = value.isString() ? value.stringValue() : value.toString();
                if (!said.isBlank()) {
                    return Optional.of(Hash64.of(Hash64.of(name), Hash64.of(said)));
                }
            }
        }
        return Optional.empty();
    }

    /// The first question and the first answer, of conversations that go on behind them or stop
    /// right there; so that a conversation and its continuation are kin.
    private static Optional<Long> opening(List<Message> messages) {
        List<Message> said =
                messages.stream()
                        .filter(m -> m.role().equals("user") || m.role().equals("assistant"))
                        .limit(2)
                        .toList();
        if (said.size() < 2 || messages.stream().filter(m -> m.role().equals("user")).count() < 2) {
            return Optional.empty();
        }
        long asked = Words.of(RowText.content(said.get(0))).hash();
        long answered = Words.of(RowText.content(said.get(1))).hash();
        return Optional.of(Hash64.of(asked, answered));
    }
}
