package dev.attune.text;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Which messages of a conversation a model is to learn.
///
/// A message says so itself, too: `weight` (OpenAI's, 0 or more) and `train` (axolotl's, true or
/// false) switch a message of a trained role off, and one of another role on.
///
/// @param roles the roles whose messages are learned
/// @param lastTurnOnly whether only the last of them is
/// @param prompt whether everything else is learned as well: the whole text
/// @param from the first message that may be learned; those before it are a prompt
public record TrainOn(Set<String> roles, boolean lastTurnOnly, boolean prompt, int from) {
    /// The assistant's messages, which is what one nearly always wants.
    public static final TrainOn ASSISTANT = new TrainOn(Set.of("assistant"), false, false, 0);

    /// Copies the roles.
    public TrainOn {
        roles = Set.copyOf(roles);
    }

    /// The same for a conversation whose messages before `message` are a prompt.
    public TrainOn since(int message) {
        return new TrainOn(roles, lastTurnOnly, prompt, message);
    }

    /// The choice in one line, equal for equal choices.
    public String key() {
        return "roles="
                + new TreeSet<>(roles)
                + " last_turn_only="
                + lastTurnOnly
                + " prompt="
                + prompt
                + " from="
                + from;
    }

    /// The indexes of the messages that are learned, in order.
    List<Integer> messages(List<Message> messages) {
        List<Integer> learned =
                IntStream.range(Math.min(from, messages.size()), messages.size())
                        .filter(i -> learns(messages.get(i)))
                        .boxed()
                        .toList();
        return lastTurnOnly && !learned.isEmpty() ? List.of(learned.getLast()) : learned;
    }

    /// Whether `message` is learned, wherever it stands.
    public boolean learns(Message message) {
        JsonNode train = message.fields().path("train");
        if (train.isBoolean()) {
            return train.booleanValue();
        }
        JsonNode weight = message.fields().path("weight");
        if (weight.isNumber()) {
            return weight.doubleValue() > 0;
        }
        return roles.contains(message.role());
    }
}
