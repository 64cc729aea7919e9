package dev.attune.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What a chat template writes around the contents of messages, found by rendering conversations
/// whose contents are marks and looking at what stands between them.
///
/// ```
/// opening [default system] ( user.before question user.after assistant.before answer assistant.after )* ending
/// ```
///
/// @param opening what every text begins with
/// @param defaultSystem what follows where no system message is given
/// @param system where a system message goes
/// @param user around a question
/// @param assistant around an answer of the past
/// @param ending behind the last question, up to where the model begins
record OllamaShape(
        String opening,
        String defaultSystem,
        Place system,
        Turn user,
        Turn assistant,
        String ending) {
    private static final String SYSTEM = "Sy1";
    private static final List<String> TURNS = List.of("Qu1", "An1", "Qu2", "An2", "Qu3");

    /// What stands around a content.
    record Turn(String before, String after) {}

    /// Where a system message goes.
    sealed interface Place {
        /// Nowhere: the template leaves it out.
        record Nowhere() implements Place {}

        /// A turn of its own, before all others.
        record Own(Turn turn) implements Place {}

        /// Before the first question, in place of what else stands before that one; also where the
        /// template refuses system messages.
        record InFirstQuestion(Turn turn) implements Place {}

        /// Before the last question, behind what else stands before that one.
        record InLastQuestion(Turn turn) implements Place {}
    }

    /// The shape of a template, if it has one.
    ///
    /// @param render the conversation as the template writes it, with the beginning of an answer
    static Optional<OllamaShape> of(Function<Conversation, String> render) {
        Optional<List<String>> plain = parts(render, TURNS, false);
        if (plain.isEmpty()) {
            return Optional.empty();
        }
        List<String> parts = plain.get();
        String before = OllamaTexts.commonEnd(parts.get(0), parts.get(2));
        String answered = OllamaTexts.without(parts.get(2), before);
        String asked = asked(parts.get(1), parts.get(5), answered);
        OllamaShape bare =
                new OllamaShape(
                        "",
                        OllamaTexts.without(parts.get(0), before),
                        new Place.Nowhere(),
                        new Turn(before, asked),
                        new Turn(parts.get(1).substring(asked.length()), answered),
                        parts.get(5).substring(asked.length()));
        return Optional.of(bare.placed(render, parts));
    }

    /// What ends a question: what also ends an answer if it can be that, else all that stands both
    /// before an answer of the past and before the one to come.
    private static String asked(String beforeAnswer, String ending, String answered) {
        String common = OllamaTexts.commonStart(beforeAnswer, ending);
        return !answered.isEmpty() && common.startsWith(answered) ? answered : common;
    }

    /// The same with its system message.
    private OllamaShape placed(Function<Conversation, String> render, List<String> plain) {
        List<String> marks = new ArrayList<>(TURNS);
        marks.addFirst(SYSTEM);
        Optional<List<String>> first = parts(render, marks, true);
        if (first.isPresent()) {
            return headed(first.get().get(0), first.get().get(1));
        }
        marks.removeFirst();
        marks.add(TURNS.size() - 1, SYSTEM);
        if (!takesSystem(render)) {
            // Left out, a system message would be lost in silence.
            return with(
                    defaultSystem, "", new Place.InFirstQuestion(new Turn(user.before, "\n\n")));
        }
        return parts(render, marks, true)
                .filter(last -> last.get(4).startsWith(plain.get(4)))
                .map(last ->
                        with(
                                defaultSystem,
                                "",
                                new Place.InLastQuestion(
                                        new Turn(
                                                last.get(4).substring(plain.get(4).length()),
                                                last.get(5)))))
                .orElse(with(defaultSystem, "", new Place.Nowhere()));
    }

    private static boolean takesSystem(Function<Conversation, String> render) {
        Conversation asked =
                Conversation.of(Message.of("system", SYSTEM), Message.of("user", TURNS.getFirst()));
        return OllamaTexts.rendered(render, asked).isPresent();
    }

    private OllamaShape headed(String before, String after) {
        String opened = OllamaTexts.commonStart(defaultSystem, before);
        String rest = defaultSystem.substring(opened.length());
        String own = before.substring(opened.length());
        return after.endsWith(user.before)
                ? with(
                        opened,
                        rest,
                        new Place.Own(new Turn(own, OllamaTexts.without(after, user.before))))
                : with(opened, rest, new Place.InFirstQuestion(new Turn(own, after)));
    }

    private OllamaShape with(String opened, String byDefault, Place place) {
        return new OllamaShape(opened, byDefault, place, user, assistant, ending);
    }

    /// What stands before, between and after marks that each come once, in that order.
    ///
    /// @param headed whether the conversation begins with a system message
    private static Optional<List<String>> parts(
            Function<Conversation, String> render, List<String> marks, boolean headed) {
        List<Message> messages = new ArrayList<>();
        if (headed) {
            messages.add(Message.of("system", SYSTEM));
        }
        for (int i = 0; i < TURNS.size(); i++) {
            messages.add(Message.of(i % 2 == 0 ? "user" : "assistant", TURNS.get(i)));
        }
        Conversation conversation = Conversation.of(messages.toArray(Message[]::new));
        return OllamaTexts.rendered(render, conversation)
                .flatMap(text -> OllamaTexts.between(text, marks));
    }
}
