package dev.attune.generate;

import dev.attune.generate.GeneratedToken.Likely;
import dev.attune.model.Decoder;
import dev.attune.model.DecoderSession;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// One call of [TokenGenerator]: waiting texts take free slots, each step reads what is unread of
/// every text in a slot and chooses its next token, and a finished text makes way for the next.
///
/// ```
///           step 1        step 2   step 3   step 4
/// slot 0    p p p p p p   t        t        t
/// slot 1    p p p         t ■      p p      t          ■ finished; another prompt takes the slot
/// ```
///
/// The longest prompts go first, so that texts of equal length lie side by side and memory is
/// claimed early.
final class Generation {
    /// Prompts join a step until it reads about this many tokens, which bounds its memory.
    private static final int STEP_TOKENS = 4096;

    private final Decoder decoder;
    private final DecoderSession session;
    private final TokenListener listener;
    private final Deque<GrowingText> waiting = new ArrayDeque<>();
    private final TreeMap<Integer, GrowingText> running = new TreeMap<>();

    Generation(Decoder decoder, DecoderSession session, TokenListener listener) {
        this.decoder = decoder;
        this.session = session;
        this.listener = listener;
    }

    List<GenerationResult> run(List<GenerationRequest> requests, int slots) {
        return grow(
                IntStream.range(0, requests.size())
                        .mapToObj(i -> new GrowingText(i, requests.get(i), 0))
                        .toList(),
                slots);
    }

    /// Goes on with a text whose first tokens slot 0 has read.
    ///
    /// @param known how many these are, fewer than the prompt has
    GenerationResult goOn(GenerationRequest request, int known) {
        return grow(List.of(new GrowingText(0, request, known)), 1).getFirst();
    }

    private List<GenerationResult> grow(List<GrowingText> texts, int slots) {
        texts.stream()
                .sorted(Comparator.comparingInt(text -> -text.unread().size()))
                .forEach(waiting::add);
        while (!waiting.isEmpty() || !running.isEmpty()) {
            admit(slots);
            step();
            running.values().removeIf(GrowingText::isFinished);
        }
        return texts.stream().map(GrowingText::result).toList();
    }

    private void admit(int slots) {
        int tokens = running.size();
        for (int slot = 0; slot < slots && !waiting.isEmpty(); slot++) {
            if (!running.containsKey(slot)) {
                tokens += waiting.element().unread().size();
                if (tokens > STEP_TOKENS && !running.isEmpty()) {
                    return;
                }
                GrowingText text = waiting.remove();
                text.keep(session.shorten(slot, text.known()));
                running.put(slot, text);
            }
        }
    }

    private void step() {
        int[] ids =
                running.values().stream()
                        .flatMap(text -> text.unread().stream())
                        .mapToInt(id -> id)
                        .toArray();
        int[] lengths = running.values().stream().mapToInt(text -> text.unread().size()).toArray();
        int[] slots = running.keySet().stream().mapToInt(slot -> slot).toArray();
        Documents added = Documents.ofLengths(lengths);
        try (var _ = Scope.open("step")) {
            Tensor hidden = session.append(ids, added, slots);
            int[] last = IntStream.range(0, added.count()).map(i -> added.end(i) - 1).toArray();
            Tensor rows = hidden.rows(Tensor.indices(last, decoder.device()));
            choose(decoder.head().logits(rows));
        }
    }

    /// Chooses a token for each running text from its row of the logits, `(texts, V)`.
    private void choose(Tensor logits) {
        float[] norms = logits.logsumexp().floats();
        Tensor greatest = logits.argmax();
        long[] greatestIds = greatest.longs();
        float[] greatestLogits = logits.gather(greatest.unsqueeze(1)).floats();
        int row = 0;
        for (GrowingText text : running.values()) {
            float norm = norms[row];
            if (!Float.isFinite(norm)) {
                throw Sampler.unusable(norm);
            }
            boolean greatestSuffices =
                    text.sampler().takesGreatestLogit() && text.config().logprobs() == 0;
            GeneratedToken token =
                    greatestSuffices
                            ? new GeneratedToken(
                                    (int) greatestIds[row],
                                    (double) greatestLogits[row] - norm,
                                    List.of())
                            : sampled(text, logits.select(0, row).floats(), norm);
            text.add(token, listener);
            row++;
        }
    }

    private static GeneratedToken sampled(GrowingText text, float[] logits, float norm) {
        int id = text.sampler().next(logits);
        int wanted = text.config().logprobs();
        List<Likely> top = new ArrayList<>();
        if (wanted > 0) {
            Arrays.stream(new Candidates(logits).topK(wanted).bestFirst())
                    .limit(wanted)
                    .forEach(t -> top.add(new Likely(t, (double) logits[t] - norm)));
        }
        return new GeneratedToken(id, (double) logits[id] - norm, top);
    }
}
