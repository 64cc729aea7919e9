package dev.attune.data;

import dev.attune.text.Message;

import java.util.ArrayList;
import java.util.List;

/// A conversation cut before each user's turn.
///
/// @param system what stands before the first turn, and goes along with every part
/// @param all the exchanges, none of them empty
record Exchanges(List<Message> system, List<List<Message>> all) {
    /// Copies the lists.
    Exchanges {
        system = List.copyOf(system);
        all = List.copyOf(all);
    }

    static Exchanges of(List<Message> messages) {
        int from = 0;
        while (from < messages.size() && isSystem(messages.get(from))) {
            from++;
        }
        List<List<Message>> exchanges = new ArrayList<>();
        List<Message> current = new ArrayList<>();
        for (Message message : messages.subList(from, messages.size())) {
            if (message.role().equals("user") && !current.isEmpty()) {
                exchanges.add(List.copyOf(current));
                current.clear();
            }
            current.add(message);
        }
        if (!current.isEmpty()) {
            exchanges.add(List.copyOf(current));
        }
        return new Exchanges(messages.subList(0, from), exchanges);
    }

    private static boolean isSystem(Message message) {
        return message.role().equals("system") || message.role().equals("developer");
    }

    /// The messages of exchanges `from` to `to`, the latter not included, with what stands before.
    List<Message> messages(int from, int to) {
        List<Message> messages = new ArrayList<>(system);
        all.subList(from, to).forEach(messages::addAll);
        return messages;
    }
}
