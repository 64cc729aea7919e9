package dev.attune.tensor;

/// Causal attention of new tokens over themselves and all that their slot of a [KeyValueCache]
/// holds: [Attention] for texts that grow, without a way back.
///
/// ```
/// S = scale·Q·Kᵀ   (S = cap·tanh(S/cap))   S += mask      P = softmax(S)      O = P·V
///
///              cached        new
/// queries   ▒▒▒▒▒▒▒▒▒▒▒▒▒▒ ▉▉               ▉ masked in part    ▒ seen whole
///    ↓      ▒▒▒▒▒▒▒▒▒▒▒▒▒▒ ▒▒▉▉             (blank) never computed
/// ```
///
/// New tokens of several slots lie end to end. Neighbouring slots that hold and get equally many
/// are done at once. Query rows go block by block as in [Attention], so that a prompt into an empty
/// slot is the same computation and takes memory O(T); one new token needs no mask at all.
public final class CachedAttention {
    /// As in [Attention]: a prompt falls into the same blocks.
    private static final int QUERY_TOKENS = 128;

    private CachedAttention() {}

    /// Writes the new keys and values of one layer into the cache and attends.
    ///
    /// @param qkv queries, keys and values of the new tokens, turned, heads side by side
    /// @param shape the heads and what hides a key from a query
    /// @param addition which tokens go to which slots
    /// @param layer the layer of the cache
    /// @return `(N, H·D)`
    public static Tensor apply(
            Attention.QueryKeyValue qkv,
            AttentionShape shape,
            KeyValueCache.Addition addition,
            int layer) {
        try (var scope = Scope.open("cached_attention")) {
            Tensor q = qkv.q().data();
            Tensor out = Tensor.empty(q.dtype(), q.device(), q.shape());
            for (KeyValueCache.Run run : addition.runs()) {
                try (var _ = Scope.open("run")) {
                    Tensor keys = addition.keys(layer, run);
                    Tensor values = addition.values(layer, run);
                    newTokens(keys, run).copyInPlace(heads(qkv.k().data(), shape, run));
                    newTokens(values, run).copyInPlace(heads(qkv.v().data(), shape, run));
                    Folded in = Folded.of(heads(q, shape, run), keys, values, shape);
                    attend(in, shape, run, heads(out, shape, run));
                }
            }
            return scope.keep(out);
        }
    }

    private static Tensor newTokens(Tensor cached, KeyValueCache.Run run) {
        return cached.narrow(2, run.cached(), run.length());
    }

    /// `(N, K·x)` as a view `(B, K, t, x)` of one run.
    private static Tensor heads(Tensor x, AttentionShape shape, KeyValueCache.Run run) {
        Tensor rows = x.narrow(0, run.start(), (long) run.count() * run.length());
        return rows.view(run.count(), run.length(), shape.keyValueHeads(), -1).permute(0, 2, 1, 3);
    }

    private static void attend(Folded in, AttentionShape shape, KeyValueCache.Run run, Tensor out) {
        int group = shape.group();
        for (int from = 0; from < run.length(); from += QUERY_TOKENS) {
            int to = Math.min(run.length(), from + QUERY_TOKENS);
            Seen seen = Seen.of(run.cached() + from, run.cached() + to, shape.window());
            try (var _ = Scope.open("block")) {
                Tensor q = in.q.narrow(1, (long) from * group, (long) (to - from) * group);
                Tensor scores = scores(q, seen.of(in.k), shape);
                seen.hide(scores, shape);
                Tensor attended = scores.softmax().matmul(seen.of(in.v));
                out.narrow(2, from, to - from)
                        .copyInPlace(
                                attended.view(run.count(), shape.keyValueHeads(), to - from, -1));
            }
        }
    }

    private static Tensor scores(Tensor q, Tensor keys, AttentionShape shape) {
        Tensor s = Kernels.scaledProduct(q, keys.transposed(), shape.scale());
        return shape.softCap() == 0
                ? s
                : Kernels.tanh(s.multiplyInPlace(1 / shape.softCap()))
                        .multiplyInPlace(shape.softCap());
    }

    /// One run with the group of queries in the rows: q `(B·K, t·G, D)`, k and v `(B·K, S, D)`.
    private record Folded(Tensor q, Tensor k, Tensor v) {
        static Folded of(Tensor q, Tensor k, Tensor v, AttentionShape shape) {
            long batch = q.size(0) * q.size(1);
            long dim = shape.headDim();
            return new Folded(
                    q.contiguous().view(batch, -1, dim),
                    k.view(batch, -1, dim),
                    v.view(batch, -1, dim));
        }
    }

    /// Queries at positions `from` to `to` of their text, which see keys `first` to `to`.
    private record Seen(int from, int to, int first, int window) {
        static Seen of(int from, int to, int window) {
            return new Seen(from, to, window == 0 ? 0 : Math.max(0, from - window + 1), window);
        }

        Tensor of(Tensor folded) {
            return folded.narrow(1, first, (long) to - first);
        }

        /// Hides what comes behind a query, and, with a window, what lies too far before it. Only
        /// the corners of the block can hold such pairs.
        void hide(Tensor scores, AttentionShape shape) {
            int rows = to - from;
            if (rows == 1) {
                return;
            }
            Tensor diagonal = scores.narrow(2, (long) from - first, rows);
            mask(diagonal, shape.group(), (row, column) -> column > row);
            boolean lastLooksTooFar = window > 0 && to - 1 - window >= first;
            if (lastLooksTooFar) {
                int lead = from - first - window;
                Tensor oldest = scores.narrow(2, 0, (long) to - first - window);
                mask(oldest, shape.group(), (row, column) -> column <= row + lead);
            }
        }

        private static void mask(Tensor scores, int group, Hidden hidden) {
            int rows = (int) scores.size(1);
            int columns = (int) scores.size(2);
            float[] cells = new float[rows * columns];
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    if (hidden.test(row / group, column)) {
                        cells[row * columns + column] = Float.NEGATIVE_INFINITY;
                    }
                }
            }
            scores.addInPlace(
                    Tensor.of(cells, rows, columns).to(scores.dtype()).to(scores.device()));
        }
    }

    /// Whether a query, counted in tokens of its block, may not see a key.
    private interface Hidden {
        boolean test(int row, int column);
    }
}
