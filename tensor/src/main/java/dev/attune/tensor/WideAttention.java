package dev.attune.tensor;

import java.util.Iterator;

/// [Attention] on the CPU with everything between its inputs and its results in float32, in tiles
/// of queries and keys that stay in the cache, after [Dao 2023](https://arxiv.org/abs/2307.08691).
///
/// ```
///            keys →
/// queries  ▉▉
///    ↓     ▒▒▒▒▉▉         ▉ tile with the diagonal     ▒ tile seen whole     (blank) never computed
///          ▒▒▒▒▒▒▒▒▉▉
///
/// forward, tile by tile from the diagonal to the left:
///   S = scale·Q·Kᵀ   (S = cap·tanh(S/cap))     m′ = max(m, max S)     P = exp(S − m′)
///   l = l·exp(m − m′) + Σ P     O = O·exp(m − m′) + P·V          at the end O /= l, L = m + log l
/// backward, with P = exp(S − L):
///   dV += Pᵀ·dO    dS = P∘(dO·Vᵀ − δ)   (dS ∘= 1 − (S/cap)²)     δ = Σ P∘(dO·Vᵀ) = Σ dO∘O
///   dQ += scale·dS·K     dK += scale·dSᵀ·Q
/// ```
///
/// Saved are the inputs, the result, and L, one number a token and head: O(N). Nothing is rounded
/// to the type of the inputs but the results. Each of E = B·K entries has the keys of one head and
/// the queries of the G heads that share them, folded into rows.
final class WideAttention {
    private WideAttention() {}

    /// Whether this is the faster way for texts of which the longest has so many tokens. Of shorter
    /// ones in float32 P is kept for the way back, which is faster still.
    static boolean serves(Tensor q, int longest, Cpu cpu) {
        boolean wide =
                q.dtype() == Dtype.FLOAT32
                        ? longest > Attention.SAVED_TOKENS
                        : cpu.multipliesFasterInFloat32(q.dtype());
        return wide && !q.device().isCuda();
    }

    /// Whether this is the faster way for so many new tokens of a text. In another type than
    /// float32, few of them do not pay for turning keys and values.
    static boolean servesNew(Tensor q, int newTokens, Cpu cpu) {
        return newTokens >= Products.FEWEST && serves(q, newTokens, cpu);
    }

    /// Attends within each document; see [Attention#apply].
    static Value apply(
            Tape tape, Attention.QueryKeyValue qkv, AttentionShape shape, Documents documents) {
        try (var op = tape.begin("attention")) {
            Tensor q = qkv.q().data();
            Tensor k = qkv.k().data();
            Tensor v = qkv.v().data();
            Tensor out = Tensor.empty(q.dtype(), q.device(), q.shape());
            long heads = shape.heads();
            Tensor logsumexp =
                    Tensor.empty(Dtype.FLOAT32, q.device(), documents.tokens() * heads, 1);
            for (Documents.Run run : documents.runs()) {
                try (var _ = Scope.open("run")) {
                    Heads each = new Heads(shape, run);
                    Tensor o = forward(each.inputs(q, k, v), each.scores(logsumexp));
                    each.unfold(o, out);
                }
            }
            return op.result(
                    out,
                    qkv.needsGradient(),
                    gradient -> {
                        Tensor dq = Tensor.empty(q.dtype(), q.device(), q.shape());
                        Tensor dk = Tensor.empty(k.dtype(), k.device(), k.shape());
                        Tensor dv = Tensor.empty(v.dtype(), v.device(), v.shape());
                        for (Documents.Run run : documents.runs()) {
                            try (var _ = Scope.open("run")) {
                                Heads each = new Heads(shape, run);
                                Tensor above = each.fold(gradient);
                                Tensor o = each.fold(out);
                                Above from = new Above(above, o, each.scores(logsumexp));
                                Inputs back = backward(each.inputs(q, k, v), from);
                                each.unfold(back.q, dq);
                                each.unfold(back.k, dk);
                                each.unfold(back.v, dv);
                            }
                        }
                        qkv.q().accumulate(dq);
                        qkv.k().accumulate(dk);
                        qkv.v().accumulate(dv);
                    },
                    q,
                    k,
                    v,
                    out,
                    logsumexp);
        }
    }

    /// Queries `(E, t·G, D)`, keys and values `(E, T, D)`, in float32; or their gradients.
    record Inputs(Tensor q, Tensor k, Tensor v, Tile.Span span) {
        private Inputs zeros() {
            return new Inputs(zeros(q), zeros(k), zeros(v), span);
        }

        private static Tensor zeros(Tensor like) {
            return Tensor.zeros(like.dtype(), like.device(), like.shape());
        }
    }

    /// Attends.
    ///
    /// @param logsumexp `(E, t·G, 1)`, filled here
    /// @return `(E, t·G, D)`
    static Tensor forward(Inputs in, Tensor logsumexp) {
        Tensor out = Tensor.empty(Dtype.FLOAT32, in.q.device(), in.q.shape());
        Tensor triangle = in.span.triangle(in.q);
        for (Tile.Row row : in.span.rows(Tile.FORWARD_ELEMENTS)) {
            try (var _ = Scope.open("row")) {
                forward(in, triangle, row, row.of(out), row.of(logsumexp));
            }
        }
        return out;
    }

    private static void forward(
            Inputs in, Tensor triangle, Tile.Row row, Tensor out, Tensor logsumexp) {
        Iterator<Tile> tiles = row.tiles().iterator();
        Tensor queries = row.of(in.q);
        Tile first = tiles.next();
        Tensor p = hidden(first, queries, in, triangle);
        Tensor most = Kernels.rowMaxima(p);
        Tensor sums = Kernels.expInPlace(p.subtractInPlace(most)).sum(-1, true);
        Kernels.productInto(out, p, first.of(in.v));
        while (tiles.hasNext()) {
            try (var scope = Scope.open("tile")) {
                Tile tile = tiles.next();
                Tensor s = hidden(tile, queries, in, triangle);
                Tensor before = most;
                most = scope.keep(Kernels.maximum(before, Kernels.rowMaxima(s)));
                Tensor shrunk = Kernels.expInPlace(before.subtractInPlace(most));
                Kernels.expInPlace(s.subtractInPlace(most));
                sums.multiplyInPlace(shrunk).addInPlace(s.sum(-1, true));
                Kernels.addProducts(out.multiplyInPlace(shrunk), s, tile.of(in.v), 1);
            }
        }
        out.divideInPlace(sums);
        logsumexp.copyInPlace(Kernels.log(sums).addInPlace(most));
    }

    private static Tensor hidden(Tile tile, Tensor queries, Inputs in, Tensor triangle) {
        Tensor scores = tile.scores(queries, in.k);
        tile.hide(scores, triangle);
        return scores;
    }

    /// What comes from above to one run.
    ///
    /// @param gradient dO, `(E, T·G, D)`
    /// @param result O, `(E, T·G, D)`
    /// @param logsumexp L, `(E, T·G, 1)`
    private record Above(Tensor gradient, Tensor result, Tensor logsumexp) {}

    private static Inputs backward(Inputs in, Above above) {
        Inputs gradients = in.zeros();
        Tensor triangle = in.span.triangle(in.q);
        for (Tile.Row row : in.span.rows(Tile.BACKWARD_ELEMENTS)) {
            try (var _ = Scope.open("row")) {
                Way way = Way.of(in, row, above, triangle);
                for (Tile tile : row.tiles()) {
                    try (var _ = Scope.open("tile")) {
                        way.back(tile, gradients);
                    }
                }
            }
        }
        return gradients;
    }

    /// The way back of one row of tiles.
    ///
    /// @param out dO of the row
    /// @param logsumexp L of the row
    /// @param delta δ of the row where it has several tiles, else empty. Where one tile holds all
    ///   that a query sees, δ is summed from that, so that gradients which cancel do so exactly.
    private record Way(
            Inputs in, Tensor queries, Tensor out, Tensor logsumexp, Delta delta, Tensor triangle) {
        static Way of(Inputs in, Tile.Row row, Above above, Tensor triangle) {
            Tensor out = row.of(above.gradient);
            Delta delta =
                    row.tiles().size() == 1
                            ? new Delta.OfTile()
                            : new Delta.Known(out.times(row.of(above.result)).sum(-1, true));
            Tensor logsumexp = row.of(above.logsumexp);
            return new Way(in, row.of(in.q), out, logsumexp, delta, triangle);
        }

        void back(Tile tile, Inputs gradients) {
            double scale = in.span.shape().scale();
            double cap = in.span.shape().softCap();
            Tensor s = tile.scores(queries, in.k);
            Tensor slope = cap == 0 ? s : Attention.capSlope(s, cap);
            tile.hide(s, triangle);
            Tensor p = Kernels.expInPlace(s.subtractInPlace(logsumexp));
            Kernels.addProducts(tile.of(gradients.v), p.transposed(), out, 1);
            Tensor ds = delta.through(out.matmul(tile.of(in.v).transposed()), p);
            if (cap != 0) {
                ds.multiplyInPlace(slope);
            }
            Kernels.addProducts(tile.row().of(gradients.q), ds, tile.of(in.k), scale);
            Kernels.addProducts(tile.of(gradients.k), ds.transposed(), queries, scale);
        }
    }

    /// The sum `δ = Σ P∘dP` over all keys that a query sees.
    private sealed interface Delta {
        /// dS from dP, which may be overwritten, and P.
        Tensor through(Tensor dp, Tensor p);

        /// Summed where it is needed, over one tile.
        record OfTile() implements Delta {
            @Override
            public Tensor through(Tensor dp, Tensor p) {
                return Kernels.softmaxBackward(dp, p);
            }
        }

        /// Of several tiles.
        record Known(Tensor delta) implements Delta {
            @Override
            public Tensor through(Tensor dp, Tensor p) {
                return dp.subtractInPlace(delta).multiplyInPlace(p);
            }
        }
    }

    /// How the heads of one run lie in memory.
    private record Heads(AttentionShape shape, Documents.Run run) {
        Inputs inputs(Tensor q, Tensor k, Tensor v) {
            Tile.Span span = new Tile.Span(shape, entries(), 0, run.length());
            return new Inputs(fold(q), fold(k), fold(v), span);
        }

        private long entries() {
            return (long) run.count() * shape.keyValueHeads();
        }

        /// `(N, K·x)` to `(E, T·x/D, D)`, in float32 and memory of its own.
        Tensor fold(Tensor x) {
            Tensor view = view(x);
            Tensor wide = Tensor.empty(Dtype.FLOAT32, x.device(), view.shape());
            return wide.copyInPlace(view).view(entries(), -1, shape.headDim());
        }

        /// The way back of [#fold], into the rows of this run in `target`.
        void unfold(Tensor folded, Tensor target) {
            Tensor view = view(target);
            view.copyInPlace(folded.view(view.shape()));
        }

        /// This run's part of one number for each token and head, `(E, T·G, 1)`.
        Tensor scores(Tensor all) {
            long heads = shape.heads();
            long tokens = (long) run.count() * run.length();
            return all.narrow(0, run.start() * heads, tokens * heads).view(entries(), -1, 1);
        }

        /// `(N, K·x)` as a view `(B, K, T, x)` of this run.
        private Tensor view(Tensor x) {
            Tensor rows = x.narrow(0, run.start(), (long) run.count() * run.length());
            return rows.view(run.count(), run.length(), shape.keyValueHeads(), -1)
                    .permute(0, 2, 1, 3);
        }
    }
}
