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
/// Rows without a label are dropped first; the rest go through in chunks. Backward computes a
/// chunk's logits again, so memory is one chunk, whatever N and V are. Saves the labelled rows of
/// `h` and their logsumexp.
public final class TokenLogProbs {
    /// Logits of a chunk take at most about this many elements.
    private static final long CHUNK_ELEMENTS = 1L << 23;

    private TokenLogProbs() {}

    /// The weights and constants of a head.
    ///
    /// @param weight `(V, C)`
    /// @param lowRank an update of rank R beside it, or null
    /// @param logitScale c
    /// @param softCap cap, 0 for none
    public record Head(
            Parameter weight, @Nullable LowRank lowRank, double logitScale, double softCap) {
        boolean trainable() {
            return weight.trainable() || (lowRank != null && lowRank.trainable());
        }

        /// Logits of some rows, `(m, V)`, float32, after scaling and soft cap.
        public Tensor logits(Tensor rows) {
            try (var scope = Scope.open("logits")) {
                Tensor z = rows.matmul(weight.data().transposed());
                if (lowRank != null) {
                    Tensor low = rows.matmul(lowRank.a().data().transposed());
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

    /// Scores the labels.
    ///
    /// @param hidden the final hidden states, `(N, C)`
    /// @param rows the M positions whose next token is labelled, int64
    /// @param targets the M labels, int64
    /// @return log-probabilities, `(M)`, float32; M may be 0
    public static Value apply(Tape tape, Value hidden, Head head, Tensor rows, Tensor targets) {
        try (var op = tape.begin("head")) {
            Tensor h = hidden.data().rows(rows);
            long count = rows.size(0);
            Tensor logProbs = Tensor.empty(Dtype.FLOAT32, h.device(), count);
            Tensor norms = Tensor.empty(Dtype.FLOAT32, h.device(), count);
            long chunk = chunkRows(head);
            for (long from = 0; from < count; from += chunk) {
                long length = Math.min(chunk, count - from);
                try (var _ = Scope.open("chunk")) {
                    Tensor z = head.logits(h.narrow(0, from, length));
                    Tensor chosen = z.gather(targets.narrow(0, from, length).unsqueeze(1));
                    Tensor norm = norms.narrow(0, from, length).copyInPlace(z.logsumexp());
                    logProbs.narrow(0, from, length)
                            .copyInPlace(chosen.view(length).subtractInPlace(norm));
                }
            }
            return op.result(
                    logProbs,
                    hidden.needsGradient() || head.trainable(),
                    dl -> {
                        Saved saved = new Saved(h, targets, norms);
                        backward(hidden, head, rows, saved, dl);
                    },
                    h,
                    rows,
                    targets,
                    norms);
        }
    }

    private record Saved(Tensor h, Tensor targets, Tensor norms) {}

    private static void backward(Value hidden, Head head, Tensor rows, Saved saved, Tensor dl) {
        Tensor dh = Tensor.empty(saved.h.dtype(), saved.h.device(), saved.h.shape());
        long count = rows.size(0);
        long chunk = chunkRows(head);
        for (long from = 0; from < count; from += chunk) {
            long length = Math.min(chunk, count - from);
            try (var _ = Scope.open("chunk")) {
                Tensor h = saved.h.narrow(0, from, length);
                Tensor z = head.logits(h);
                Tensor dz =
                        Kernels.logProbBackward(
                                z,
                                saved.norms.narrow(0, from, length),
                                saved.targets.narrow(0, from, length),
                                dl.narrow(0, from, length));
                if (head.softCap != 0) {
                    double cap = head.softCap;
                    dz.multiplyInPlace(
                            z.multiplyInPlace(z).multiplyInPlace(-1 / (cap * cap)).addInPlace(1));
                }
                if (head.logitScale != 1) {
                    dz.multiplyInPlace(head.logitScale);
                }
                through(head, h, dz.to(h.dtype()), dh.narrow(0, from, length));
            }
        }
        hidden.accumulateRows(rows, dh);
    }

    /// Carries the gradient of a chunk's unscaled logits through the weights.
    private static void through(Head head, Tensor h, Tensor dz, Tensor dh) {
        dh.copyInPlace(dz.matmul(head.weight.data()));
        head.weight.accumulateProduct(dz.transposed(), h, 1);
        LowRank lowRank = head.lowRank;
        if (lowRank != null) {
            Tensor u = dz.matmul(lowRank.b().data()).multiplyInPlace(lowRank.scale());
            Tensor low = h.matmul(lowRank.a().data().transposed());
            lowRank.a().accumulateProduct(u.transposed(), h, 1);
            lowRank.b().accumulateProduct(dz.transposed(), low, lowRank.scale());
            dh.addProductInPlace(u, lowRank.a().data(), 1);
        }
    }

    private static long chunkRows(Head head) {
        return Math.max(1, CHUNK_ELEMENTS / head.weight.data().size(0));
    }
}
