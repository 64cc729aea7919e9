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
/// are done at once. Several new tokens go by blocks or tiles as in [Attention], so that a prompt
/// takes memory O(T), and in float32 is the same computation as that of a text in an empty slot;
/// one new token needs no mask at all. A few tokens are read in the type of the cache.
public final class CachedAttention {
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
                    Tensor target = heads(out, shape, run);
                    if (WideAttention.servesNew(q, run.length(), Cpu.here())) {
                        in.attendWide(shape, run, target);
                    } else {
                        attend(in, shape, run, target);
                    }
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
        int cached = run.cached();
        for (QueryBlock block : QueryBlock.of(cached, cached + run.length(), shape)) {
            try (var _ = Scope.open("block")) {
                Tensor scores = block.scores(block.rowsOf(in.q, cached), block.seenOf(in.k));
                Tensor attended = block.probabilities(scores).matmul(block.seenOf(in.v));
                out.narrow(2, (long) block.from() - cached, block.rows())
                        .copyInPlace(
                                attended.view(
                                        run.count(), shape.keyValueHeads(), block.rows(), -1));
            }
        }
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

        void attendWide(AttentionShape shape, KeyValueCache.Run run, Tensor out) {
            int to = run.cached() + run.length();
            Tile.Span span = new Tile.Span(shape, q.size(0), run.cached(), to);
            WideAttention.Inputs wide =
                    new WideAttention.Inputs(
                            q.to(Dtype.FLOAT32), k.to(Dtype.FLOAT32), v.to(Dtype.FLOAT32), span);
            Tensor logsumexp = Tensor.empty(Dtype.FLOAT32, q.device(), q.size(0), q.size(1), 1);
            out.copyInPlace(WideAttention.forward(wide, logsumexp).view(out.shape()));
        }
    }
}
