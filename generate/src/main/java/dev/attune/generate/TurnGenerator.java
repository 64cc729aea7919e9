package dev.attune.generate;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;
import dev.attune.model.Decoder;
import dev.attune.model.DecoderSession;

import java.util.ArrayList;
import java.util.List;

/// Answers one prompt after another and reads of each only what differs from the one before: the
/// turns of a conversation, each of which begins with all that was said.
///
/// ```
/// first prompt    p p p p p p
/// its answer                  a a a ■
/// second prompt   p p p p p p a a a ■ p p p p
///                 └── read already ─┘ └ to be read
/// ```
///
/// The answers are those of [TokenGenerator], beyond the rounding of matrix products. Borrows the
/// decoder, and owns the cache of keys and values until closed. Used from the decoder's thread.
public final class TurnGenerator implements AutoCloseable {
    private final Decoder decoder;
    private final TokenGenerator checks;
    private final int maxTokens;
    private final DecoderSession session;
    private List<Integer> read = List.of();

    private TurnGenerator(Decoder decoder, int maxTokens) {
        this.decoder = decoder;
        this.checks = TokenGenerator.of(decoder);
        this.maxTokens = maxTokens;
        this.session = DecoderSession.open(decoder, 1, maxTokens);
    }

    /// A generator for texts of at most `maxTokens`; memory grows with them.
    public static TurnGenerator open(Decoder decoder, int maxTokens) {
        return new TurnGenerator(decoder, maxTokens);
    }

    /// An answer, and how much of its prompt did not have to be read.
    ///
    /// @param result how the text went on
    /// @param reusedTokens tokens of the prompt that had been read before
    public record Answer(GenerationResult result, int reusedTokens) {}

    /// Answers a request.
    ///
    /// @param listener hears of each token
    /// @throws AttuneException if the request is not possible or longer than the generator's limit;
    ///   or if the model gives no finite logits
    public Answer answer(GenerationRequest request, TokenListener listener) {
        Problems problems = new Problems("Cannot generate");
        checks.check(problems, 0, request);
        List<Integer> prompt = request.promptIds();
        long tokens = prompt.size() + request.sampling().maxNewTokens() - 1L;
        if (tokens > maxTokens) {
            problems.add(
                    AttuneException.user(
                                    "The prompt has %d tokens and max_new_tokens is %d; together they may be %d."
                                            .formatted(
                                                    prompt.size(),
                                                    request.sampling().maxNewTokens(),
                                                    maxTokens + 1))
                            .fix("Shorten the prompt or ask for fewer new tokens."));
        }
        problems.throwIfAny();
        int known = Math.min(common(prompt, read), prompt.size() - 1);
        read = List.of();
        GenerationResult result = new Generation(decoder, session, listener).goOn(request, known);
        List<Integer> all = new ArrayList<>(prompt);
        all.addAll(result.ids());
        read = List.copyOf(all.subList(0, session.length(0)));
        return new Answer(result, known);
    }

    /// Forgets all that was read. To be called when the decoder's weights change, as they do when
    /// an adapter is attached or detached.
    public void forget() {
        session.clear(0);
        read = List.of();
    }

    private static int common(List<Integer> a, List<Integer> b) {
        int shorter = Math.min(a.size(), b.size());
        for (int i = 0; i < shorter; i++) {
            if (!a.get(i).equals(b.get(i))) {
                return i;
            }
        }
        return shorter;
    }

    /// Frees the cache.
    @Override
    public void close() {
        session.close();
    }
}
