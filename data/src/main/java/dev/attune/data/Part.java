package dev.attune.data;

import dev.attune.text.Message;

import java.util.List;

/// A prompt or an answer: plain text, which goes to the model as it is, or messages, which a chat
/// template renders.
public sealed interface Part {
    /// Plain text.
    record Text(String text) implements Part {}

    /// Messages, at least one.
    record Turns(List<Message> messages) implements Part {
        /// Copies the list and refuses an empty one.
        public Turns {
            messages = List.copyOf(messages);
            if (messages.isEmpty()) {
                throw new IllegalArgumentException("a part of no messages");
            }
        }
    }
}
