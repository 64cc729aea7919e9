package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.generate.SamplingConfig;
import dev.attune.text.Message;

import java.util.List;
import java.util.function.BooleanSupplier;

/// A conversation with a model: questions in, answers on the screen, both in the history.
final class ChatTalk {
    private final ChatModel model;
    private final ChatSettings settings;
    private final ChatScreen screen;
    private final BooleanSupplier goOn;
    private final ChatHistory history = new ChatHistory();
    private int answers;

    /// @param goOn asked after each token whether to go on
    ChatTalk(ChatModel model, ChatSettings settings, ChatScreen screen, BooleanSupplier goOn) {
        this.model = model;
        this.settings = settings;
        this.screen = screen;
        this.goOn = goOn;
    }

    ChatModel model() {
        return model;
    }

    ChatSettings settings() {
        return settings;
    }

    ChatScreen screen() {
        return screen;
    }

    ChatHistory history() {
        return history;
    }

    /// Answers a question. One that cannot be answered is not kept.
    void ask(String question) {
        history.add("user", question);
        answerLast();
    }

    /// Answers the last question again, with other random numbers.
    void retry() {
        requireQuestion();
        history.takeBack("assistant");
        answerLast();
    }

    /// Answers the last question with the adapter the other way round. The answer is shown and not
    /// kept.
    void compare() {
        requireQuestion();
        boolean was = model.isAdapted();
        model.adapt(!was);
        try {
            screen.note(was ? "Without the adapter:" : "With the adapter:");
            answer(history.upToQuestion());
        } finally {
            model.adapt(was);
        }
    }

    private void requireQuestion() {
        if (!history.hasQuestion()) {
            throw AttuneException.user("Nothing was asked yet.").fix("Type a question first.");
        }
    }

    private void answerLast() {
        String text = "";
        try {
            dropWhatDoesNotFit();
            text = answer(history.toRead()).text();
        } finally {
            // A template may refuse a question without its answer.
            if (text.isEmpty()) {
                history.takeBack("user");
            } else {
                history.add("assistant", text);
            }
        }
    }

    private ChatModel.Answer answer(List<Message> messages) {
        int[] prompt = model.prompt(messages);
        int left = model.contextTokens() - prompt.length;
        if (left < 1) {
            throw AttuneException.user(
                            "The question has %d tokens with all around it; the model reads %d (max_position_embeddings)."
                                    .formatted(prompt.length, model.contextTokens()))
                    .fix("Shorten it, or the system text.");
        }
        SamplingConfig sampling = settings.sampling(answers++);
        int maxNewTokens = Math.min(sampling.maxNewTokens(), left);
        ChatModel.Answer answer =
                model.answer(
                        prompt,
                        sampling.toBuilder().maxNewTokens(maxNewTokens).build(),
                        screen::piece,
                        goOn);
        screen.answered(answer);
        return answer;
    }

    /// Leaves out the oldest messages until a quarter of the context, or the longest answer if that
    /// is less, is free for the answer.
    private void dropWhatDoesNotFit() {
        if (!model.hasTemplate()) {
            return;
        }
        int context = model.contextTokens();
        int room = Math.min(settings.sampling(answers).maxNewTokens(), context / 4);
        int dropped = 0;
        while (model.prompt(history.toRead()).length + room > context) {
            int more = history.dropOldest();
            if (more == 0) {
                break;
            }
            dropped += more;
        }
        if (dropped > 0) {
            screen.note(
                    "The conversation outgrew the model's %d tokens: its oldest %d messages are no longer read."
                            .formatted(context, dropped));
        }
    }
}
