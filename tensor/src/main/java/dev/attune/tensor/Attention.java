package dev.attune.tensor;

import java.util.ArrayList;
import java.util.List;

/// Causal attention over documents that lie end to end, grouped queries, sliding window, soft cap.
///
/// ```
/// S = scale·Q·Kᵀ   (S = cap·tanh(S/cap))   S += mask      P = softmax(S)      O = P·V
/// dV = Pᵀ·dO     dP = dO·Vᵀ     dS = P∘(dP − Σ dP∘P)   (dS ∘= 1 − (S/cap)²)
/// dQ = scale·dS·K     dK = scale·dSᵀ·Q
/// ```
///
/// The G query heads that share a key-value head are folded into rows, so that each product is one
/// batch of plain matrix products. Query rows go block by block, and a block reads only the keys
/// that its mask lets it see:
///
/// ```
///            keys →
/// queries  ▉▉
///    ↓     ▒▒▉▉          ▉ diagonal block: masked     ▒ seen whole     (blank) never computed
///          ▒▒▒▒▉▉
/// ```
///
/// Memory is O(T) in the length: backward computes P of a block again. Only queries, keys and
/// values are saved.
public final class Attention {
    private Attention() {}

    /// Attends within each document.
    ///
    /// @param qkv queries, keys and values, heads side by side
    /// @param shape the heads and what hides a key from a query
    /// @param documents which tokens see each other; N tokens in all
    /// @return `(N, H·D)`
    public static Value apply(
            Tape tape, QueryKeyValue qkv, AttentionShape shape, Documents documents) {
        try (var op = tape.begin("attention")) {
            Tensor q = qkv.q.data();
            Tensor k = qkv.k.data();
            Tensor v = qkv.v.data();
            Tensor out = Tensor.empty(q.dtype(), q.device(), q.shape());
            for (Documents.Run run : documents.runs()) {
                try (var _ = Scope.open("run")) {
                    forward(Folded.of(q, k, v, shape, run), shape, view(out, shape, run));
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
                                Folded folded = Folded.of(q, k, v, shape, run);
                                Folded into = Folded.views(dq, dk, dv, shape, run);
                                backward(folded, shape, view(gradient, shape, run), into);
                            }
                        }
                        qkv.q.accumulate(dq);
                        qkv.k.accumulate(dk);
                        qkv.v.accumulate(dv);
                    },
                    q,
                    k,
                    v);
        }
    }

    /// The three inputs: queries `(N, H·D)`, keys and values `(N, K·D)`.
    public record QueryKeyValue(Value q, Value k, Value v) {
        boolean needsGradient() {
            return q.needsGradient() || k.needsGradient() || v.needsGradient();
        }
    }

    private static void forward(Folded in, AttentionShape shape, Tensor out) {
        for (Block block : Block.of(in, shape)) {
            try (var _ = Scope.open("block")) {
                Tensor p = probabilities(in, block, shape, scores(in, block, shape));
                block.queries(out).copyInPlace(unfold(p.matmul(block.keys(in.v)), in, shape));
            }
        }
    }

    private static void backward(Folded in, AttentionShape shape, Tensor gradient, Folded into) {
        Tensor dk = Tensor.zeros(Dtype.FLOAT32, in.k.device(), in.k.shape());
        Tensor dv = Tensor.zeros(Dtype.FLOAT32, in.v.device(), in.v.shape());
        for (Block block : Block.of(in, shape)) {
            try (var _ = Scope.open("block")) {
                Tensor scores = scores(in, block, shape);
                Tensor slope = shape.softCap() == 0 ? scores : capSlope(scores, shape.softCap());
                Tensor p = probabilities(in, block, shape, scores);
                Tensor out = fold(block.queries(gradient), in, shape);
                block.keys(dv).addInPlace(p.transposed().matmul(out));
                Tensor dp = out.matmul(block.keys(in.v).transposed());
                Tensor ds = Kernels.softmaxBackward(dp, p);
                if (shape.softCap() != 0) {
                    ds.multiplyInPlace(slope);
                }
                Tensor dq = Kernels.scaledProduct(ds, block.keys(in.k), shape.scale());
                block.queries(into.q).copyInPlace(unfold(dq, in, shape));
                Tensor part =
                        Kernels.scaledProduct(ds.transposed(), block.rows(in.q), shape.scale());
                block.keys(dk).addInPlace(part);
            }
        }
        into.k.copyInPlace(dk.view(into.k.shape()));
        into.v.copyInPlace(dv.view(into.v.shape()));
    }

    /// Scores before the mask, `(B·K, rows, seen)`, capped.
    private static Tensor scores(Folded in, Block block, AttentionShape shape) {
        Tensor s =
                Kernels.scaledProduct(
                        block.rows(in.q), block.keys(in.k).transposed(), shape.scale());
        return shape.softCap() == 0
                ? s
                : Kernels.tanh(s.multiplyInPlace(1 / shape.softCap()))
                        .multiplyInPlace(shape.softCap());
    }

    /// Derivative of the soft cap by its argument, from its result: `1 − (s/cap)²`.
    private static Tensor capSlope(Tensor capped, double cap) {
        return capped.times(capped).multiplyInPlace(-1 / (cap * cap)).addInPlace(1);
    }

    private static Tensor probabilities(
            Folded in, Block block, AttentionShape shape, Tensor scores) {
        for (Mask mask : block.masks(shape)) {
            scores.narrow(2, mask.from, mask.columns)
                    .addInPlace(mask.tensor(shape.group(), in.q.dtype(), in.q.device()));
        }
        return scores.softmax();
    }

    /// `(B, T, H·D)` as a view for one run.
    private static Tensor view(Tensor x, AttentionShape shape, Documents.Run run) {
        Tensor rows = x.narrow(0, run.start(), (long) run.count() * run.length());
        return rows.view(run.count(), run.length(), shape.keyValueHeads(), -1).permute(0, 2, 1, 3);
    }

    /// `(B, K, t, G·D)` to `(B·K, t·G, D)`, contiguous.
    private static Tensor fold(Tensor x, Folded in, AttentionShape shape) {
        return x.contiguous().view(in.batch, -1, shape.headDim());
    }

    /// `(B·K, t·G, D)` to `(B, K, t, G·D)`.
    private static Tensor unfold(Tensor x, Folded in, AttentionShape shape) {
        long groupWidth = (long) shape.group() * shape.headDim();
        return x.view(in.count, shape.keyValueHeads(), -1, groupWidth);
    }

    /// One run with heads in front: q `(B·K, T·G, D)`, k and v `(B·K, T, D)`; or, as views of the
    /// gradients, `(B, K, T, G·D)` and `(B, K, T, D)`.
    private record Folded(Tensor q, Tensor k, Tensor v, long batch, long count, int length) {
        static Folded of(Tensor q, Tensor k, Tensor v, AttentionShape shape, Documents.Run run) {
            Folded views = views(q, k, v, shape, run);
            long dim = shape.headDim();
            return new Folded(
                    views.q.contiguous().view(views.batch, -1, dim),
                    views.k.contiguous().view(views.batch, -1, dim),
                    views.v.contiguous().view(views.batch, -1, dim),
                    views.batch,
                    views.count,
                    views.length);
        }

        static Folded views(Tensor q, Tensor k, Tensor v, AttentionShape shape, Documents.Run run) {
            return new Folded(
                    view(q, shape, run),
                    view(k, shape, run),
                    view(v, shape, run),
                    (long) run.count() * shape.keyValueHeads(),
                    run.count(),
                    run.length());
        }
    }

    /// Query tokens `from` to `to`, which see keys `first` to `to`.
    private record Block(int from, int to, int first, int group) {
        /// Rows of a block: enough for the products to run at full rate, few enough that the scores
        /// stay in the cache and little of the square above the diagonal is computed.
        private static final int QUERY_TOKENS = 128;

        static List<Block> of(Folded in, AttentionShape shape) {
            List<Block> blocks = new ArrayList<>();
            for (int from = 0; from < in.length; from += QUERY_TOKENS) {
                int to = Math.min(in.length, from + QUERY_TOKENS);
                int first = shape.window() == 0 ? 0 : Math.max(0, from - shape.window() + 1);
                blocks.add(new Block(from, to, first, shape.group()));
            }
            return blocks;
        }

        Tensor rows(Tensor folded) {
            return folded.narrow(1, (long) from * group, (long) (to - from) * group);
        }

        Tensor keys(Tensor folded) {
            return folded.narrow(1, first, to - first);
        }

        Tensor queries(Tensor view) {
            return view.narrow(2, from, to - from);
        }

        /// Where this block may not look: past each query, and, with a window, too far back.
        List<Mask> masks(AttentionShape shape) {
            List<Mask> masks = new ArrayList<>();
            int rows = to - from;
            masks.add(new Mask(from - first, rows, rows, (row, column) -> column > row));
            int window = shape.window();
            boolean lastLooksTooFar = window > 0 && to - 1 - window >= first;
            if (lastLooksTooFar) {
                int columns = to - first;
                masks.add(
                        new Mask(
                                0,
                                columns,
                                rows,
                                (row, column) -> column + first <= row + from - window));
            }
            return masks;
        }
    }

    private interface Hidden {
        boolean test(int row, int column);
    }

    /// Minus infinity for each hidden pair of `rows` query tokens and `columns` keys.
    private record Mask(int from, int columns, int rows, Hidden hidden) {
        Tensor tensor(int group, Dtype dtype, Device device) {
            float[] cells = new float[rows * group * columns];
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    if (hidden.test(row, column)) {
                        for (int g = 0; g < group; g++) {
                            cells[(row * group + g) * columns + column] = Float.NEGATIVE_INFINITY;
                        }
                    }
                }
            }
            return Tensor.of(cells, (long) rows * group, columns).to(dtype).to(device);
        }
    }
}
