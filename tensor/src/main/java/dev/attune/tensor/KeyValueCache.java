package dev.attune.tensor;

import dev.attune.base.AttuneException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The keys and values of every token a decoder has read, so that they are not computed again when
/// a text grows.
///
/// A slot holds one text. All slots have the same capacity, which grows by doubling up to a limit:
///
/// ```
///              capacity →
/// slot 0   k k k k k · · ·        each layer: keys and values of (slots, K, capacity, D)
/// slot 1   k k · · · · · ·        lengths:    5, 2, 7
/// slot 2   k k k k k k k ·
/// ```
///
/// A pass over new tokens is one [Addition]: each layer writes behind what its slots hold and reads
/// all of it ([CachedAttention]), and once the last layer is through, [Addition#done] moves the
/// lengths. A pass that fails half-way leaves the lengths as they were.
///
/// Owns its memory until closed. Used from one thread.
public final class KeyValueCache implements AutoCloseable {
    /// Capacities are multiples of this, so that short texts do not grow token by token.
    private static final int STEP_TOKENS = 64;

    private final int[] lengths;
    private final int maxTokens;
    private final List<Layer> layers = new ArrayList<>();
    private int capacity;

    /// What is kept of a token.
    ///
    /// @param layers how many layers there are
    /// @param keyValueHeads K, the same in each
    /// @param headDim D
    /// @param dtype the type of keys and values
    /// @param device where they are
    public record Form(int layers, int keyValueHeads, int headDim, Dtype dtype, Device device) {}

    private KeyValueCache(int slots, int maxTokens) {
        this.lengths = new int[slots];
        this.maxTokens = maxTokens;
    }

    /// An empty cache, which takes memory when tokens come.
    ///
    /// @param slots how many texts it can hold
    /// @param maxTokens how long a text can get
    public static KeyValueCache growing(Form form, int slots, int maxTokens) {
        return reserved(form, slots, 0, maxTokens);
    }

    /// An empty cache that takes memory for `capacityTokens` in each slot at once.
    ///
    /// @param slots how many texts it can hold
    /// @param maxTokens how long a text can get
    public static KeyValueCache reserved(Form form, int slots, int capacityTokens, int maxTokens) {
        if (slots <= 0 || capacityTokens < 0 || maxTokens < capacityTokens) {
            throw new IllegalArgumentException(
                    slots + " slots of " + capacityTokens + " to " + maxTokens + " tokens");
        }
        KeyValueCache cache = new KeyValueCache(slots, maxTokens);
        for (int i = 0; i < form.layers; i++) {
            cache.layers.add(new Layer(form, slots));
        }
        cache.grow(capacityTokens);
        return cache;
    }

    /// How many texts it can hold.
    public int slots() {
        return lengths.length;
    }

    /// How many tokens a slot holds.
    public int length(int slot) {
        return lengths[slot];
    }

    /// How many tokens each slot has memory for.
    public int capacityTokens() {
        return capacity;
    }

    /// Forgets the text of a slot.
    public void clear(int slot) {
        lengths[slot] = 0;
    }

    /// Forgets the tokens of a slot behind its first `tokens`.
    public void shorten(int slot, int tokens) {
        if (tokens < 0 || tokens > lengths[slot]) {
            throw new IllegalArgumentException(tokens + " of " + lengths[slot] + " tokens");
        }
        lengths[slot] = tokens;
    }

    /// Begins a pass over new tokens and makes room for them.
    ///
    /// @param added the new tokens of some slots, end to end
    /// @param slots which slot each document of `added` goes to; each at most once
    /// @throws AttuneException if a text would pass the limit
    public Addition adding(Documents added, int... slots) {
        if (slots.length != added.count()
                || Arrays.stream(slots).distinct().count() < slots.length) {
            throw new IllegalArgumentException(
                    added.count() + " documents for slots " + Arrays.toString(slots));
        }
        int needed = 0;
        for (int i = 0; i < slots.length; i++) {
            needed = Math.max(needed, Math.addExact(lengths[slots[i]], added.length(i)));
        }
        if (needed > maxTokens) {
            throw AttuneException.resources(
                            "The key-value cache is full: a text of "
                                    + needed
                                    + " tokens, with room for "
                                    + maxTokens
                                    + ".")
                    .fix("Ask for fewer new tokens, or shorten the prompt.");
        }
        if (needed > capacity) {
            long roomy = Math.max(needed, 2L * capacity);
            long rounded = (roomy + STEP_TOKENS - 1) / STEP_TOKENS * STEP_TOKENS;
            grow((int) Math.min(rounded, maxTokens));
        }
        return new Addition(added, slots.clone());
    }

    private void grow(int tokens) {
        layers.forEach(layer -> layer.grow(tokens, capacity));
        capacity = tokens;
    }

    /// Frees the memory.
    @Override
    public void close() {
        layers.forEach(Layer::close);
    }

    /// One pass over new tokens.
    public final class Addition {
        private final Documents added;
        private final int[] slots;
        private final int[] cached;

        private Addition(Documents added, int[] slots) {
            this.added = added;
            this.slots = slots;
            this.cached = Arrays.stream(slots).map(slot -> lengths[slot]).toArray();
        }

        /// The new tokens.
        public Documents added() {
            return added;
        }

        /// How many tokens the slot of each document held before.
        public int[] cachedTokens() {
            return cached.clone();
        }

        /// Ends the pass: the new tokens belong to their slots now.
        public void done() {
            for (int i = 0; i < slots.length; i++) {
                lengths[slots[i]] = cached[i] + added.length(i);
            }
        }

        /// Documents that kernels can do at once: as long before and as long now, in slots that lie
        /// side by side.
        List<Run> runs() {
            List<Run> runs = new ArrayList<>();
            int from = 0;
            while (from < slots.length) {
                int to = from + 1;
                while (to < slots.length && continues(from, to)) {
                    to++;
                }
                int length = added.length(from);
                runs.add(new Run(added.start(from), to - from, length, slots[from], cached[from]));
                from = to;
            }
            return runs;
        }

        private boolean continues(int from, int next) {
            return added.length(next) == added.length(from)
                    && cached[next] == cached[from]
                    && slots[next] == slots[from] + (next - from);
        }

        /// The keys of a run's slots, old and new, `(B, K, cached + length, D)`, as a view.
        Tensor keys(int layer, Run run) {
            return run.of(layers.get(layer).keys());
        }

        /// The values likewise.
        Tensor values(int layer, Run run) {
            return run.of(layers.get(layer).values());
        }
    }

    /// Some documents of an addition.
    ///
    /// @param start the first token
    /// @param count how many documents, B
    /// @param length the new tokens of each
    /// @param slot where the first goes
    /// @param cached the tokens that each slot held before
    record Run(int start, int count, int length, int slot, int cached) {
        private Tensor of(Tensor all) {
            return all.narrow(0, slot, count).narrow(2, 0, (long) cached + length);
        }
    }

    /// The memory of one layer.
    private static final class Layer {
        private final Form form;
        private final int slots;
        private final List<Tensor> keysAndValues = new ArrayList<>();
        private Scope memory = Scope.owning("key-value cache");

        Layer(Form form, int slots) {
            this.form = form;
            this.slots = slots;
        }

        Tensor keys() {
            return keysAndValues.getFirst();
        }

        Tensor values() {
            return keysAndValues.getLast();
        }

        /// Moves to more memory, with the first `kept` tokens of each slot.
        void grow(int tokens, int kept) {
            Scope next = Scope.owning("key-value cache");
            try (var _ = Scope.open("grow")) {
                List<Tensor> larger = List.of(next.adopt(empty(tokens)), next.adopt(empty(tokens)));
                for (int i = 0; i < keysAndValues.size(); i++) {
                    larger.get(i).narrow(2, 0, kept).copyInPlace(keysAndValues.get(i));
                }
                keysAndValues.clear();
                keysAndValues.addAll(larger);
            }
            memory.close();
            memory = next;
        }

        private Tensor empty(int tokens) {
            return Tensor.empty(
                    form.dtype, form.device, slots, form.keyValueHeads, tokens, form.headDim);
        }

        void close() {
            memory.close();
        }
    }
}
