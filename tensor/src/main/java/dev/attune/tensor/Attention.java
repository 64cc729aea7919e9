package dev.attune.tensor;

import java.util.ArrayList;
import java.util.Iterator;
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
/// batch of plain matrix products. Memory is O(N) in each of three ways to do it:
///
/// - [WideAttention], in float32 between inputs and results, on a CPU that multiplies float32
///   matrices faster than those of the inputs' type;
/// - [FusedAttention], in libtorch's kernel, on a GPU;
/// - else here, in the type of the inputs. Query rows go block by block, and a block reads only the
///   keys that its mask lets it see, see [QueryBlock]. Queries, keys and values are saved, and
///   backward computes P of a block again. For short documents P itself is saved too, which is no
///   more than a fixed multiple of N.
public final class Attention {
    /// P is saved if no document is longer: at most this many numbers a token and head.
    static final int SAVED_TOKENS = 512;

    private Attention() {}

    /// Attends within each document, in the way that is fast on this machine.
    ///
    /// @param qkv queries, keys and values, heads side by side
    /// @param shape the heads and what hides a key from a query
    /// @param documents which tokens see each other; N tokens in all
    /// @return `(N, H·D)`
    public static Value apply(
            Tape tape, QueryKeyValue qkv, AttentionShape shape, Documents documents) {
        if (FusedAttention.serves(qkv.q.data(), shape, documents)) {
            return FusedAttention.apply(tape, qkv, shape, documents);
        }
        if (WideAttention.serves(qkv.q.data(), documents.longest(), Cpu.here())) {
            return WideAttention.apply(tape, qkv, shape, documents);
        }
        return composed(tape, qkv, shape, documents);
    }

    /// The third way.
    static Value composed(Tape tape, QueryKeyValue qkv, AttentionShape shape, Documents documents) {
        try (var op = tape.begin("attention")) {
            Tensor q = qkv.q.data();
            Tensor k = qkv.k.data();
            Tensor v = qkv.v.data();
            Tensor out = Tensor.empty(q.dtype(), q.device(), q.shape());
            boolean keepsP =
                    op.recording()
                            && qkv.needsGradient()
                            && shape.softCap() == 0
                            && documents.longest() <= SAVED_TOKENS;
            List<Tensor> saved = new ArrayList<>(List.of(q, k, v));
            for (Documents.Run run : documents.runs()) {
                try (var scope = Scope.open("run")) {
                    List<Tensor> ps = forward(Folded.of(q, k, v, shape, run), out, keepsP);
                    ps.forEach(p -> saved.add(scope.keep(p)));
                }
            }
            Iterable<Tensor> kept = saved.subList(3, saved.size());
            return op.result(
                    out,
                    qkv.needsGradient(),
                    gradient -> backward(qkv, shape, documents, gradient, kept.iterator()),
                    saved.toArray(Tensor[]::new));
        }
    }

    /// The three inputs: queries `(N, H·D)`, keys and values `(N, K·D)`.
    public record QueryKeyValue(Value q, Value k, Value v) {
        boolean needsGradient() {
            return q.needsGradient() || k.needsGradient() || v.needsGradient();
        }
    }

    /// Fills the rows of one run in `out`.
    ///
    /// @return P of each block, if asked for
    private static List<Tensor> forward(Folded in, Tensor out, boolean keepsP) {
        List<Tensor> kept = new ArrayList<>();
        Tensor target = in.view(out);
        for (QueryBlock block : in.blocks()) {
            try (var scope = Scope.open("block")) {
                Tensor p = in.probabilities(block);
                Tensor o = p.matmul(block.seenOf(in.v));
                in.rows(target, block).copyInPlace(in.unfold(o));
                if (keepsP) {
                    kept.add(scope.keep(p));
                }
            }
        }
        return kept;
    }

    private static void backward(
            QueryKeyValue qkv,
            AttentionShape shape,
            Documents documents,
            Tensor gradient,
            Iterator<Tensor> kept) {
        Tensor q = qkv.q.data();
        Tensor k = qkv.k.data();
        Tensor v = qkv.v.data();
        Tensor dq = Tensor.empty(q.dtype(), q.device(), q.shape());
        Tensor dk = Tensor.empty(k.dtype(), k.device(), k.shape());
        Tensor dv = Tensor.empty(v.dtype(), v.device(), v.shape());
        for (Documents.Run run : documents.runs()) {
            try (var _ = Scope.open("run")) {
                Folded in = Folded.of(q, k, v, shape, run);
                backward(in, in.view(gradient), new Gradients(dq, dk, dv), kept);
            }
        }
        qkv.q.accumulate(dq);
        qkv.k.accumulate(dk);
        qkv.v.accumulate(dv);
    }

    private record Gradients(Tensor dq, Tensor dk, Tensor dv) {}

    private static void backward(
            Folded in, Tensor gradient, Gradients into, Iterator<Tensor> kept) {
        Tensor dk = Tensor.zeros(Dtype.FLOAT32, in.k.device(), in.k.shape());
        Tensor dv = Tensor.zeros(Dtype.FLOAT32, in.v.device(), in.v.shape());
        Tensor dq = in.view(into.dq);
        double scale = in.shape.scale();
        for (QueryBlock block : in.blocks()) {
            try (var _ = Scope.open("block")) {
                Tensor queries = block.rowsOf(in.q, 0);
                Tensor keys = block.seenOf(in.k);
                Tensor out = in.fold(in.rows(gradient, block));
                boolean caps = in.shape.softCap() != 0;
                Tensor p = kept.hasNext() ? kept.next() : in.probabilities(block);
                block.seenOf(dv).addInPlace(p.transposed().matmul(out));
                Tensor dp = out.matmul(block.seenOf(in.v).transposed());
                Tensor ds = Kernels.softmaxBackward(dp, p);
                if (caps) {
                    ds.multiplyInPlace(capSlope(block.scores(queries, keys), in.shape.softCap()));
                }
                Tensor part = Kernels.scaledProduct(ds, keys, scale);
                in.rows(dq, block).copyInPlace(in.unfold(part));
                block.seenOf(dk).addInPlace(Kernels.scaledProduct(ds.transposed(), queries, scale));
            }
        }
        Tensor dkTarget = in.view(into.dk);
        dkTarget.copyInPlace(dk.view(dkTarget.shape()));
        Tensor dvTarget = in.view(into.dv);
        dvTarget.copyInPlace(dv.view(dvTarget.shape()));
    }

    /// Derivative of the soft cap by its argument, from its result: `1 − (s/cap)²`.
    static Tensor capSlope(Tensor capped, double cap) {
        return capped.times(capped).multiplyInPlace(-1 / (cap * cap)).addInPlace(1);
    }

    /// The inputs of one run with heads in front and the group in the rows: q `(B·K, T·G, D)`, k
    /// and v `(B·K, T, D)`.
    private record Folded(Tensor q, Tensor k, Tensor v, AttentionShape shape, Documents.Run run) {
        static Folded of(Tensor q, Tensor k, Tensor v, AttentionShape shape, Documents.Run run) {
            return new Folded(
                    folded(q, shape, run),
                    folded(k, shape, run),
                    folded(v, shape, run),
                    shape,
                    run);
        }

        private static Tensor folded(Tensor x, AttentionShape shape, Documents.Run run) {
            long batch = (long) run.count() * shape.keyValueHeads();
            return view(x, shape, run).contiguous().view(batch, -1, shape.headDim());
        }

        /// `(N, K·x)` as a view `(B, K, T, x)` of one run.
        private static Tensor view(Tensor x, AttentionShape shape, Documents.Run run) {
            Tensor rows = x.narrow(0, run.start(), (long) run.count() * run.length());
            return rows.view(run.count(), run.length(), shape.keyValueHeads(), -1)
                    .permute(0, 2, 1, 3);
        }

        Tensor view(Tensor x) {
            return view(x, shape, run);
        }

        List<QueryBlock> blocks() {
            return QueryBlock.of(0, run.length(), shape);
        }

        Tensor probabilities(QueryBlock block) {
            return block.probabilities(block.scores(block.rowsOf(q, 0), block.seenOf(k)));
        }

        /// The tokens of a block in `(B, K, T, x)`.
        Tensor rows(Tensor view, QueryBlock block) {
            return view.narrow(2, block.from(), block.rows());
        }

        /// `(B, K, t, G·D)` to `(B·K, t·G, D)`.
        Tensor fold(Tensor x) {
            return x.contiguous()
                    .view((long) run.count() * shape.keyValueHeads(), -1, shape.headDim());
        }

        /// `(B·K, t·G, D)` to `(B, K, t, G·D)`.
        Tensor unfold(Tensor x) {
            long groupWidth = (long) shape.group() * shape.headDim();
            return x.view(run.count(), shape.keyValueHeads(), -1, groupWidth);
        }
    }
}
