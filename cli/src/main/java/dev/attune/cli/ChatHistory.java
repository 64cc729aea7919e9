package dev.attune.cli;

import dev.attune.text.Message;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was said. Messages that outgrew the model's context stay here and are no longer read.
final class ChatHistory {
    private final List<Message> messages = new ArrayList<>();
    private Optional<String> system = Optional.empty();
    private int unread;

    /// Sets what stands before all messages; an empty text removes it.
    void system(String text) {
        system = text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /// What stands before all messages.
    Optional<String> system() {
        return system;
    }

    /// Adds a message.
    void add(String role, String content) {
        messages.add(Message.of(role, content));
    }

    /// Forgets all messages, but not the system's text.
    void clear() {
        messages.clear();
        unread = 0;
    }

    /// Takes the last message back, if a role spoke it.
    void takeBack(String role) {
        if (!messages.isEmpty() && messages.getLast().role().equals(role)) {
            messages.removeLast();
            unread = Math.min(unread, messages.size());
        }
    }

    /// Whether there is a question to answer.
    boolean hasQuestion() {
        return messages.stream().anyMatch(message -> message.role().equals("user"));
    }

    /// What the model is to read: the system's text and the messages that are still read.
    List<Message> toRead() {
        return withSystem(messages.subList(unread, messages.size()));
    }

    /// As [#toRead], up to the last question.
    List<Message> upToQuestion() {
        List<Message> read = new ArrayList<>(toRead());
        while (read.getLast().role().equals("assistant")) {
            read.removeLast();
        }
        return read;
    }

    /// Reads the oldest question and its answer no longer.
    ///
    /// @return how many messages that were; 0 if only the last question is left
    int dropOldest() {
        int next = unread + 1;
        while (next < messages.size() && !messages.get(next).role().equals("user")) {
            next++;
        }
        if (next >= messages.size()) {
            return 0;
        }
        int dropped = next - unread;
        unread = next;
        return dropped;
    }

    /// All of it as one row that can be trained on.
    String row() {
        List<ObjectNode> rows = withSystem(messages).stream().map(Message::fields).toList();
        return JsonText.write(Map.of("messages", rows));
    }

    private List<Message> withSystem(List<Message> others) {
        List<Message> all = new ArrayList<>();
        system.ifPresent(text -> all.add(Message.of("system", text)));
        all.addAll(others);
        return all;
    }
}
