package dev.attune.generate;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;
import dev.attune.model.Batch;
import dev.attune.model.Decoder;
import dev.attune.model.DecoderConfig.Learned;
import dev.attune.model.DecoderConfig.Rotary;
import dev.attune.model.DecoderSession;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.TokenLogProbs;
import dev.attune.tensor.Value;

import java.util.List;
import java.util.stream.IntStream;

/// Goes on with texts, and scores them.
///
/// ```
/// var generator = TokenGenerator.of(decoder);
/// var request = GenerationRequest.of(ids, SamplingConfig.greedy(64));
/// List<Integer> answer = generator.generate(List.of(request)).getFirst().answerIds();
/// ```
///
/// A text's tokens do not depend on what is generated beside it, beyond the rounding of the matrix
/// products. Borrows the decoder; used from the decoder's thread.
public final class TokenGenerator {
    private static final int DEFAULT_CONCURRENT_TEXTS = 32;

    private final Decoder decoder;
    private final int concurrentTexts;

    private TokenGenerator(Decoder decoder, int concurrentTexts) {
        if (concurrentTexts < 1) {
            throw new IllegalArgumentException(concurrentTexts + " texts at a time");
        }
        this.decoder = decoder;
        this.concurrentTexts = concurrentTexts;
    }

    /// A generator that works on up to 32 texts at a time.
    public static TokenGenerator of(Decoder decoder) {
        return new TokenGenerator(decoder, DEFAULT_CONCURRENT_TEXTS);
    }

    /// A generator that works on up to `concurrentTexts` at a time: more is faster and takes more
    /// memory.
    public static TokenGenerator of(Decoder decoder, int concurrentTexts) {
        return new TokenGenerator(decoder, concurrentTexts);
    }

    /// Answers every request.
    ///
    /// @return the results, in the order of the requests
    /// @throws AttuneException if a request is not possible, told for all of them before anything
    ///   is computed; or if the model gives no finite logits
    public List<GenerationResult> generate(List<GenerationRequest> requests) {
        return generate(requests, (_, _) -> true);
    }

    /// Like [#generate(List)], and tells each token as it comes.
    public List<GenerationResult> generate(
            List<GenerationRequest> requests, TokenListener listener) {
        Problems problems = new Problems("Cannot generate");
        for (int i = 0; i < requests.size(); i++) {
            check(problems, i, requests.get(i));
        }
        problems.throwIfAny();
        if (requests.isEmpty()) {
            return List.of();
        }
        int slots = Math.min(concurrentTexts, requests.size());
        int longest = requests.stream().mapToInt(TokenGenerator::tokensRead).max().orElseThrow();
        try (DecoderSession session = DecoderSession.open(decoder, slots, longest)) {
            return new Generation(decoder, session, listener).run(requests, slots);
        }
    }

    /// The log-probability of each token of a text but the first, given those before it: one fewer
    /// than ids, natural logarithms.
    ///
    /// @throws AttuneException if the text is empty, holds an id outside the vocabulary, or is too
    ///   long for learned positions
    public float[] score(List<Integer> ids) {
        Problems problems = new Problems("Cannot score");
        checkIds(problems, "The text", ids);
        problems.throwIfAny();
        if (ids.size() == 1) {
            return new float[0];
        }
        int[] all = ids.stream().mapToInt(i -> i).toArray();
        int[] rows = IntStream.range(0, all.length - 1).toArray();
        int[] targets = IntStream.range(1, all.length).map(i -> all[i]).toArray();
        try (var _ = Scope.open("score");
                Tape tape = Tape.off()) {
            Batch batch = Batch.of(all, Documents.ofLengths(all.length), decoder.device());
            Value logProbs =
                    TokenLogProbs.apply(
                            tape,
                            decoder.hidden(tape, batch),
                            decoder.head(),
                            new TokenLogProbs.Labels(
                                    Tensor.indices(rows, decoder.device()),
                                    Tensor.indices(targets, decoder.device())));
            return logProbs.data().floats();
        }
    }

    /// The last token is never read.
    private static int tokensRead(GenerationRequest request) {
        long tokens = request.promptIds().size() + request.sampling().maxNewTokens() - 1L;
        return (int) Math.min(tokens, Integer.MAX_VALUE);
    }

    void check(Problems problems, int index, GenerationRequest request) {
        String prompt = "The prompt of request " + index;
        checkIds(problems, prompt, request.promptIds());
        int tokens = tokensRead(request);
        int positions =
                switch (decoder.config().positions()) {
                    case Learned _ -> decoder.config().maxPositionEmbeddings();
                    case Rotary _ -> Integer.MAX_VALUE;
                };
        if (tokens > positions) {
            problems.add(
                    AttuneException.user(
                                    "%s has %d tokens and max_new_tokens is %d; the model learned %d positions (max_position_embeddings)."
                                            .formatted(
                                                    prompt,
                                                    request.promptIds().size(),
                                                    request.sampling().maxNewTokens(),
                                                    positions))
                            .fix("Shorten the prompt or ask for fewer new tokens."));
        }
    }

    private void checkIds(Problems problems, String what, List<Integer> ids) {
        if (ids.isEmpty()) {
            problems.add(
                    AttuneException.user(what + " is empty.")
                            .fix("Begin with at least one token, such as bos_token_id."));
        }
        int vocabSize = decoder.config().vocabSize();
        for (int i = 0; i < ids.size(); i++) {
            int id = ids.get(i);
            if (id < 0 || id >= vocabSize) {
                problems.add(
                        AttuneException.user(
                                        "%s holds the id %d at %d; the vocabulary has 0 to %d."
                                                .formatted(what, id, i, vocabSize - 1))
                                .fix("Use the tokenizer that belongs to the model."));
                return;
            }
        }
    }
}
