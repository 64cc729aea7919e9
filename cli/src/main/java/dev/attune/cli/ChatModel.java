package dev.attune.cli;

import dev.attune.generate.GenerationRequest;
import dev.attune.generate.GenerationResult;
import dev.attune.generate.SamplingConfig;
import dev.attune.generate.TurnGenerator;
import dev.attune.model.Adapter;
import dev.attune.model.Decoder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.text.ChatFormat;
import dev.attune.text.Conversation;
import dev.attune.text.Message;
import dev.attune.text.StreamDecoder;

import org.jspecify.annotations.Nullable;

import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// A model that talks: weights, adapter, tokenizer and template, and what was read so far.
///
/// Whoever loads it closes it. Used from one thread.
final class ChatModel implements AutoCloseable {
    private final Decoder decoder;
    private final ChatFormat format;
    private final @Nullable Adapter adapter;
    private final TurnGenerator turns;
    private boolean isAdapted;

    private ChatModel(Decoder decoder, ChatFormat format, @Nullable Adapter adapter) {
        this.decoder = decoder;
        this.format = format;
        this.adapter = adapter;
        this.turns = TurnGenerator.open(decoder, decoder.config().maxPositionEmbeddings());
    }

    /// An answer.
    ///
    /// @param text all of it, as it was streamed
    /// @param result its tokens and why it ended
    /// @param promptTokens how long the prompt was
    /// @param reusedTokens how many of them had been read before
    /// @param firstTokenSeconds how long the first token took
    /// @param seconds how long all took
    record Answer(
            String text,
            GenerationResult result,
            int promptTokens,
            int reusedTokens,
            double firstTokenSeconds,
            double seconds) {
        /// Tokens a second behind the first.
        double tokensPerSecond() {
            int rest = result.tokens().size() - 1;
            double time = rest > 0 ? seconds - firstTokenSeconds : seconds;
            return Math.max(1, rest) / Math.max(1e-9, time);
        }
    }

    /// Loads it all, the adapter switched on.
    ///
    /// @param now the time that templates tell when they ask for it
    static ChatModel load(ChatSource source, Dtype dtype, LocalDateTime now) {
        ChatFormat format = ChatFormat.load(source.text(), source.template(), now);
        Decoder decoder = null;
        try {
            decoder = Decoder.load(source.model(), dtype, Device.CPU);
            Adapter adapter = null;
            if (source.adapter().isPresent()) {
                // The scope frees the shapes that are looked at while the adapter is checked.
                try (var _ = Scope.open("adapter")) {
                    adapter = Adapter.load(source.adapter().get(), decoder);
                }
            }
            var model = new ChatModel(decoder, format, adapter);
            model.adapt(true);
            return model;
        } catch (RuntimeException | Error e) {
            if (decoder != null) {
                decoder.close();
            }
            format.close();
            throw e;
        }
    }

    /// Whether there is an adapter to switch.
    boolean hasAdapter() {
        return adapter != null;
    }

    /// Whether the adapter is on.
    boolean isAdapted() {
        return isAdapted;
    }

    /// Switches the adapter, if there is one.
    void adapt(boolean on) {
        if (adapter == null || on == isAdapted) {
            return;
        }
        if (on) {
            adapter.attach();
        } else {
            adapter.detach();
        }
        isAdapted = on;
        turns.forget();
    }

    /// Whether the model has a chat template; one without goes on with plain text.
    boolean hasTemplate() {
        return format.hasTemplate();
    }

    /// The tokens that end an answer.
    Set<Integer> stopIds() {
        return format.stopTokens().ids();
    }

    /// How many tokens a prompt and its answer may have together.
    int contextTokens() {
        return decoder.config().maxPositionEmbeddings();
    }

    /// The tokens after which the model is to speak: the messages through the template, or the last
    /// message alone where there is no template.
    int[] prompt(List<Message> messages) {
        if (hasTemplate()) {
            return format.prompt(new Conversation(messages, Map.of()));
        }
        String text = messages.getLast().fields().path("content").stringValue("");
        int[] ids = format.tokenizer().encodeWithSpecialTokens(text).ids();
        boolean ends = ids.length > 1 && stopIds().contains(ids[ids.length - 1]);
        return ends ? Arrays.copyOf(ids, ids.length - 1) : ids;
    }

    /// Answers.
    ///
    /// @param pieces takes the text as it becomes certain
    /// @param goOn asked after each token
    Answer answer(
            int[] prompt, SamplingConfig sampling, Consumer<String> pieces, BooleanSupplier goOn) {
        StreamDecoder stream = format.tokenizer().streamDecoderSkippingSpecial();
        var text = new StringBuilder();
        Consumer<String> tell =
                piece -> {
                    text.append(piece);
                    pieces.accept(piece);
                };
        long started = System.nanoTime();
        var times = new Times(started);
        TurnGenerator.Answer answer =
                turns.answer(
                        GenerationRequest.of(prompt, sampling),
                        (_, token) -> {
                            times.heard();
                            if (!sampling.eosTokenIds().contains(token.id())) {
                                tell.accept(stream.next(token.id()));
                            }
                            return goOn.getAsBoolean();
                        });
        tell.accept(stream.finish());
        return new Answer(
                text.toString(),
                answer.result(),
                prompt.length,
                answer.reusedTokens(),
                times.first.orElse(0.0),
                times.seconds());
    }

    private static final class Times {
        private final long startNanos;
        private Optional<Double> first = Optional.empty();

        Times(long startNanos) {
            this.startNanos = startNanos;
        }

        void heard() {
            if (first.isEmpty()) {
                first = Optional.of(seconds());
            }
        }

        double seconds() {
            return (System.nanoTime() - startNanos) / 1e9;
        }
    }

    @Override
    public void close() {
        turns.close();
        if (adapter != null) {
            adapter.close();
        }
        decoder.close();
        format.close();
    }
}
