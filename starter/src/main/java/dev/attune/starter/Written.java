package dev.attune.starter;

import dev.attune.text.Message;

import java.util.ArrayList;
import java.util.List;

/// A frame written out.
final class Written {
    private Written() {}

    /// The turns of one instance.
    static List<Message> of(Frame frame, Draft draft) {
        for (Frame.Setting setting : frame.settings()) {
            draft.set(setting.variable(), Polish.articles(draft.write(setting.value())).strip());
        }
        List<Message> messages = new ArrayList<>();
        for (Frame.Turn turn : frame.turns()) {
            String text = draft.write(turn.phrase());
            messages.add(Message.of(turn.role(), turn.raw() ? text : polished(text)));
        }
        return messages;
    }

    /// Polished, but for JSON in the last line.
    private static String polished(String text) {
        int json = text.lastIndexOf("\n{");
        return json < 0
                ? Polish.sentences(text)
                : Polish.sentences(text.substring(0, json)) + text.substring(json);
    }

    /// The text of a message.
    static String content(Message message) {
        return message.fields().path("content").stringValue("");
    }
}
