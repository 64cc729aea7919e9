package dev.attune.tensor;

import org.jspecify.annotations.Nullable;

/// The head: the log-probability of each labelled token, without ever holding all logits.
///
/// ```
/// z   = c·h·Wᵀ (+ c·s·(h·Aᵀ)·Bᵀ)     h: (M, C)  W: (V, C)  z: (chunk, V), float32
/// z   = cap·tanh(z/cap)               where the family caps
/// l   = z[target] − logsumexp(z)      (M), float32
/// dz  = dl·(onehot(target) − softmax(z))   (∘ 1 − (z/cap)²)
/// dh += c·dz·W      dW += c·dzᵀ·h
/// ```
///
/// Rows without a label are dropped first; the rest go through in chunks, so memory is one chunk,
/// whatever N and V are.
///
/// An objective that is a weighted sum of log-probabilities knows `dl` beforehand. Told so, the
/// head takes the gradient of each chunk while its logits are at hand. If backward then brings
/// another `dl`, or nothing was told, it computes the logits again: one product more, the same
/// result.
public final class TokenLogProbs {
    /// Logits of a chunk take at most about this many elements. Products of 256 rows run nearly at
    /// full rate; with fewer the weights are read too often, with more the chunk leaves the cache.
    private static final long CHUNK_ELEMENTS = 1L << 24;

    private static final long FULL_RATE_ROWS = 128;

    private TokenLogProbs() {}

    /// The weights and constants of a head.
    ///
    /// @param weight `(V, C)`
    /// @param lowRank an update of rank R beside it, or null
    /// @param logitScale c
    /// @param softCap cap, 0 for none
    /// @param dropout what the update's inputs lose while it is learned, or null; it drops among
    ///   the labelled rows, which are the only ones that the head reads
    public record Head(
            Parameter weight,
            @Nullable LowRank lowRank,
            double logitScale,
            double softCap,
            @Nullable Dropout dropout) {
        /// A head that drops nothing.
        public Head(
                Parameter weight, @Nullable LowRank lowRank, double logitScale, double softCap) {
            this(weight, lowRank, logitScale, softCap, null);
        }

        boolean trainable() {
            return weight.trainable() || (lowRank != null && lowRank.trainable());
        }

        /// Logits of some rows, `(m, V)`, float32, after scaling and soft cap; nothing is dropped.
        public Tensor logits(Tensor rows) {
            return logits(rows, rows);
        }

        /// @param lowRankRows what the update reads in place of the rows
        Tensor logits(Tensor rows, Tensor lowRankRows) {
            try (var scope = Scope.open("logits")) {
                Tensor z = rows.matmul(weight.data().transposed());
                if (lowRank != null) {
                    Tensor low = lowRankRows.matmul(lowRank.a().data().transposed());
                    z.addProductInPlace(low, lowRank.b().data().transposed(), lowRank.scale());
                }
                Tensor wide = z.to(Dtype.FLOAT32);
                if (logitScale != 1) {
                    wide.multiplyInPlace(logitScale);
                }
                if (softCap != 0) {
                    wide = Kernels.tanh(wide.multiplyInPlace(1 / softCap));
                    wide.multiplyInPlace(softCap);
                }
                return scope.keep(wide);
            }
        }
    }

    /// What to score: some of the N positions, and the token that follows each.
    ///
    /// @param rows the M positions whose next token is labelled, int64
    /// @param targets the M labels, int64
    public record Labels(Tensor rows, Tensor targets) {}

    /// Scores the labels.
    ///
    /// @param hidden the final hidden states, `(N, C)`
    /// @return log-probabilities, `(M)`, float32; M may be 0
    public static Value apply(Tape tape, Value hidden, Head head, Labels labels) {
        return apply(tape, hidden, head, labels, null);
    }

    /// Scores the labels, and takes the gradient on the way.
    ///
    /// @param expected the gradient of the log-probabilities that backward will bring, `(M)`,
    ///   float32
    public static Value apply(
            Tape tape, Value hidden, Head head, Labels labels, @Nullable Tensor expected) {
        try (var op = tape.begin("head")) {
            boolean needs = hidden.needsGradient() || head.trainable();
            boolean ahead = expected != null && needs && op.recording();
            Tensor h = hidden.data().rows(labels.rows);
            Inputs in = Inputs.of(tape, head, h);
            Tensor logProbs = Tensor.empty(Dtype.FLOAT32, h.device(), labels.rows.size(0));
            HeadGradient gradient = ahead ? new HeadGradient(head, in) : null;
            for (Chunk chunk = Chunk.first(head, h); !chunk.isEmpty(); chunk = chunk.next()) {
                try (var _ = Scope.open("chunk")) {
                    Tensor target = chunk.of(labels.targets);
                    Scored scored = Scored.of(in.logits(head, chunk), target, head);
                    chunk.of(logProbs).copyInPlace(scored.logProbs());
                    if (gradient != null && expected != null) {
                        gradient.add(chunk, scored, chunk.of(expected));
                    }
                }
            }
            Tensor[] saved = in.joinedTo(labels.rows, labels.targets);
            return op.result(
                    logProbs,
                    needs,
                    dl -> {
                        boolean asExpected =
                                gradient != null && expected != null && dl.equalTo(expected);
                        HeadGradient found =
                                gradient != null && asExpected
                                        ? gradient
                                        : recomputed(head, in, labels.targets, dl);
                        found.give(hidden, labels.rows);
                    },
                    gradient == null ? saved : gradient.joinedTo(saved, expected));
        }
    }

    /// What each label's position predicts.
    ///
    /// @param logProbs log-probabilities of the labels, `(M)`, float32
    /// @param likeliest the token with the greatest logit, of several the one with the lowest id,
    ///   int64, `(M)`
    public record Prediction(Tensor logProbs, Tensor likeliest) {}

    /// Scores the labels as [#apply] does, and tells which token would have been chosen; for
    /// judging, when nothing is learned.
    ///
    /// @param hidden the final hidden states, `(N, C)`
    public static Prediction predict(Tensor hidden, Head head, Labels labels) {
        try (var scope = Scope.open("head")) {
            Tensor h = hidden.rows(labels.rows);
            Tensor logProbs = Tensor.empty(Dtype.FLOAT32, h.device(), labels.rows.size(0));
            Tensor likeliest = Tensor.empty(Dtype.INT64, h.device(), labels.rows.size(0));
            for (Chunk chunk = Chunk.first(head, h); !chunk.isEmpty(); chunk = chunk.next()) {
                try (var _ = Scope.open("chunk")) {
                    Tensor z = head.logits(chunk.of(h));
                    // Before the logits are overwritten. libtorch takes the first of equals.
                    chunk.of(likeliest).copyInPlace(z.argmax());
                    Scored scored = Scored.of(z, chunk.of(labels.targets), head);
                    chunk.of(logProbs).copyInPlace(scored.logProbs());
                }
            }
            return new Prediction(scope.keep(logProbs), scope.keep(likeliest));
        }
    }

    private static HeadGradient recomputed(Head head, Inputs in, Tensor targets, Tensor dl) {
        HeadGradient gradient = new HeadGradient(head, in);
        for (Chunk chunk = Chunk.first(head, in.h); !chunk.isEmpty(); chunk = chunk.next()) {
            try (var _ = Scope.open("chunk")) {
                Tensor z = in.logits(head, chunk);
                gradient.add(chunk, Scored.of(z, chunk.of(targets), head), chunk.of(dl));
            }
        }
        return gradient;
    }

    /// The labelled rows, and which of their elements the low-rank update loses.
    ///
    /// @param h `(M, C)`
    /// @param mask `(M, C)` in bytes, or null where nothing is dropped
    record Inputs(Tensor h, @Nullable Tensor mask) {
        static Inputs of(Tape tape, Head head, Tensor h) {
            Dropout dropout = head.dropout;
            boolean drops = dropout != null && head.lowRank != null && dropout.drops(tape);
            return new Inputs(h, drops && dropout != null ? dropout.mask(h) : null);
        }

        Tensor logits(Head head, Chunk chunk) {
            Tensor rows = chunk.of(h);
            return head.logits(rows, dropped(head, chunk, rows));
        }

        /// What the update sees of the rows of a chunk.
        Tensor dropped(Head head, Chunk chunk, Tensor rows) {
            Dropout dropout = head.dropout;
            return mask == null || dropout == null ? rows : dropout.masked(rows, chunk.of(mask));
        }

        /// What must stay until backward.
        Tensor[] joinedTo(Tensor rows, Tensor targets) {
            return mask == null
                    ? new Tensor[] {h, rows, targets}
                    : new Tensor[] {h, rows, targets, mask};
        }
    }

    /// What one pass over the logits of a chunk gives.
    ///
    /// The sum of a row is taken by libtorch's sum, which adds by halves: softmax kernels add one
    /// by one, which for a large vocabulary costs digits.
    ///
    /// @param logProbs of the labels, `(m)`
    /// @param exponentials `e = exp(z − max z)`, `(m, V)`; softmax is `e / sums`
    /// @param sums `(m, 1)`
    /// @param targets the labels, `(m)`
    /// @param slope derivative of the soft cap by its argument, `(m, V)`, or null without a cap
    record Scored(
            Tensor logProbs,
            Tensor exponentials,
            Tensor sums,
            Tensor targets,
            @Nullable Tensor slope) {
        /// Scores a chunk, and overwrites its logits.
        static Scored of(Tensor z, Tensor targets, Head head) {
            double cap = head.softCap;
            Tensor slope =
                    cap == 0 ? null : z.times(z).multiplyInPlace(-1 / (cap * cap)).addInPlace(1);
            Tensor shifted = z.subtractInPlace(Kernels.rowMaxima(z));
            Tensor chosen = shifted.gather(targets.unsqueeze(1));
            Tensor exponentials = Kernels.expInPlace(shifted);
            Tensor sums = exponentials.sum(-1, true);
            Tensor logProbs = chosen.subtractInPlace(Kernels.log(sums)).select(1, 0);
            return new Scored(logProbs, exponentials, sums, targets, slope);
        }
    }

    /// Rows `from` to `from + length` of `count`, in steps of `step`.
    record Chunk(long from, long length, long count, long step) {
        static Chunk first(Head head, Tensor h) {
            long fits = Math.max(1, CHUNK_ELEMENTS / head.weight.data().size(0));
            long step = fits < FULL_RATE_ROWS ? fits : fits - fits % FULL_RATE_ROWS;
            return new Chunk(0, Math.min(step, h.size(0)), h.size(0), step);
        }

        Chunk next() {
            long start = from + length;
            return new Chunk(start, Math.min(step, count - start), count, step);
        }

        boolean isEmpty() {
            return length == 0;
        }

        Tensor of(Tensor rows) {
            return rows.narrow(0, from, length);
        }
    }
}
