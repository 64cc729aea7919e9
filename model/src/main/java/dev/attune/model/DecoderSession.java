package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.Learned;
import dev.attune.model.DecoderConfig.Rotary;
import dev.attune.tensor.CachedAttention;
import dev.attune.tensor.Documents;
import dev.attune.tensor.KeyValueCache;
import dev.attune.tensor.Rope;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.Value;

import java.util.Arrays;
import java.util.Optional;

/// Texts that grow: a [Decoder] with a [KeyValueCache], so that each token is computed once.
///
/// ```
/// try (var session = DecoderSession.open(decoder, 2, 4096); var _ = Scope.open("answer")) {
///     Tensor h = session.append(prompts, Documents.ofLengths(7, 3), 0, 1);   // (10, C)
///     …
///     h = session.append(next, Documents.uniform(2, 1), 0, 1);               // (2, C)
/// }
/// ```
///
/// The hidden states are those of [Decoder#hidden] over the whole text. Where the angles of a rope
/// change with the length of the text (`dynamic` beyond its original length, `longrope` when it is
/// crossed), they change for all its tokens and, from the second layer on, so does everything
/// computed from them: such a text is then read again from its start. For `longrope` that happens
/// once, for `dynamic` at every token.
///
/// Borrows the decoder, whose weights must stay as they are, and owns the cache until closed. Used
/// from the decoder's thread.
public final class DecoderSession implements AutoCloseable {
    private final Decoder decoder;
    private final KeyValueCache cache;
    private final int[][] texts;

    private DecoderSession(Decoder decoder, KeyValueCache cache) {
        this.decoder = decoder;
        this.cache = cache;
        this.texts = new int[cache.slots()][0];
    }

    /// A session of empty texts; memory grows with them.
    ///
    /// @param slots how many texts there are at a time
    /// @param maxTokens how long one may get
    public static DecoderSession open(Decoder decoder, int slots, int maxTokens) {
        DecoderConfig config = decoder.config();
        Heads heads = config.attention();
        KeyValueCache.Form form =
                new KeyValueCache.Form(
                        config.numHiddenLayers(),
                        heads.numKeyValueHeads(),
                        heads.headDim(),
                        decoder.dtype(),
                        decoder.device());
        return new DecoderSession(decoder, KeyValueCache.growing(form, slots, maxTokens));
    }

    /// How many tokens the text of a slot has.
    public int length(int slot) {
        return cache.length(slot);
    }

    /// Begins a new text in a slot.
    public void clear(int slot) {
        cache.clear(slot);
        texts[slot] = new int[0];
    }

    /// Takes a slot's text back to its first tokens. Where the angles of the shorter text differ
    /// from those of the longer one, nothing that was read is of use, and the slot becomes empty.
    ///
    /// @param tokens how many to keep, at most what there are
    /// @return how many tokens the text has now: `tokens`, or 0
    public int shorten(int slot, int tokens) {
        if (!anglesStay(tokens, cache.length(slot))) {
            clear(slot);
            return 0;
        }
        cache.shorten(slot, tokens);
        texts[slot] = Arrays.copyOf(texts[slot], tokens);
        return tokens;
    }

    /// Adds tokens behind the texts of some slots.
    ///
    /// @param ids the new tokens, `(N)`, each in the vocabulary
    /// @param added which of them go to which slot
    /// @param slots the slot of each document; slots in ascending order that lie side by side and
    ///   are equally long are computed at once
    /// @return final hidden states of the new tokens, behind the last norm, `(N, C)`
    /// @throws AttuneException if a text would pass the session's limit or the learned positions of
    ///   the model
    public Tensor append(int[] ids, Documents added, int... slots) {
        if (ids.length != added.tokens() || slots.length != added.count()) {
            throw new IllegalArgumentException(
                    ids.length + " ids and " + slots.length + " slots for " + added.count());
        }
        int[] again = new int[slots.length];
        for (int i = 0; i < slots.length; i++) {
            int known = cache.length(slots[i]);
            again[i] = anglesStay(known, known + added.length(i)) ? 0 : known;
        }
        if (Arrays.stream(again).allMatch(n -> n == 0)) {
            Tensor hidden = forward(ids, added, slots);
            remember(ids, added, slots);
            return hidden;
        }
        return appendReadingAgain(ids, added, slots, again);
    }

    private boolean anglesStay(int before, int after) {
        return switch (decoder.config().positions()) {
            case Learned _ -> true;
            case Rotary(var ropes) -> ropes.stream().allMatch(r -> r.sameAngles(before, after));
        };
    }

    /// Puts `again[i]` tokens of slot i's text before its new ones and drops their hidden states.
    private Tensor appendReadingAgain(int[] ids, Documents added, int[] slots, int[] again) {
        int[] lengths = new int[slots.length];
        int[] whole = new int[ids.length + Arrays.stream(again).sum()];
        int[] rows = new int[ids.length];
        int at = 0;
        for (int i = 0; i < slots.length; i++) {
            System.arraycopy(texts[slots[i]], 0, whole, at, again[i]);
            at += again[i];
            for (int t = added.start(i); t < added.end(i); t++) {
                whole[at] = ids[t];
                rows[t] = at++;
            }
            lengths[i] = again[i] + added.length(i);
            if (again[i] > 0) {
                clear(slots[i]);
            }
        }
        try (var scope = Scope.open("read again")) {
            Documents documents = Documents.ofLengths(lengths);
            Tensor hidden = forward(whole, documents, slots);
            remember(whole, documents, slots);
            return scope.keep(hidden.rows(Tensor.indices(rows, decoder.device())));
        }
    }

    private void remember(int[] ids, Documents added, int[] slots) {
        for (int i = 0; i < slots.length; i++) {
            int[] text = texts[slots[i]];
            int[] longer = Arrays.copyOf(text, text.length + added.length(i));
            System.arraycopy(ids, added.start(i), longer, text.length, added.length(i));
            texts[slots[i]] = longer;
        }
    }

    private Tensor forward(int[] ids, Documents added, int[] slots) {
        try (var scope = Scope.open("session");
                Tape tape = Tape.off()) {
            KeyValueCache.Addition addition = cache.adding(added, slots);
            Places places =
                    Places.behind(
                            decoder.config(),
                            added,
                            addition.cachedTokens(),
                            decoder.dtype(),
                            decoder.device());
            Value x = decoder.embedAt(tape, Tensor.indices(ids, decoder.device()), places);
            for (int layer = 0; layer < decoder.layers().size(); layer++) {
                x = layer(tape, layer, x, places, addition);
            }
            Tensor hidden = decoder.finalNorm().apply(tape, x).data();
            addition.done();
            return scope.keep(hidden);
        }
    }

    private Value layer(
            Tape tape, int index, Value x, Places places, KeyValueCache.Addition addition) {
        DecoderLayer layer = decoder.layers().get(index);
        AttentionBlock block = layer.attention();
        try (var scope = Scope.open("layer")) {
            Optional<Rope.Angles> angles = Decoder.anglesOf(places, layer);
            Forward forward = Forward.plain(tape);
            Value y =
                    layer.apply(
                            forward,
                            x,
                            h -> {
                                var qkv = block.turn(tape, block.project(forward, h), angles);
                                Tensor attended =
                                        CachedAttention.apply(qkv, block.shape(), addition, index);
                                return block.out(forward, tape.constant(attended));
                            });
            scope.keep(y.data());
            return y;
        }
    }

    /// Frees the cache.
    @Override
    public void close() {
        cache.close();
    }
}
