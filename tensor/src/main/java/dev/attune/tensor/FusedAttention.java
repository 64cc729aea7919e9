package dev.attune.tensor;

import java.util.ArrayList;
import java.util.List;

/// Attention in libtorch's fused kernel, which never writes the scores to memory, [Dao
/// 2023](https://arxiv.org/abs/2307.08691): what a GPU uses for bfloat16 and float16 wherever the
/// mask is causal only.
///
/// ```
/// forward   O, L = kernel(Q, K, V, scale, causal)       Q, O: (B, H, T, D)   K, V: (B, H, T, D)
/// backward  dQ, dK, dV = kernel′(dO, Q, K, V, O, L)     L: logsumexp of the scores
/// ```
///
/// Keys and values are repeated for the heads that share them, and their gradients added up again.
/// On the CPU products of matrices are several times faster ([Attention]); its own fused kernel is
/// here so that tests can hold this path without a GPU.
final class FusedAttention {
    private static final String CPU = "aten::_scaled_dot_product_flash_attention_for_cpu";
    private static final String CUDA = "aten::_scaled_dot_product_flash_attention";

    private FusedAttention() {}

    /// Whether the kernel computes this, and is the faster way.
    static boolean serves(Tensor q, AttentionShape shape, Documents documents) {
        boolean half = q.dtype() == Dtype.BFLOAT16 || q.dtype() == Dtype.FLOAT16;
        boolean seesAll = shape.window() == 0 || shape.window() >= documents.longest();
        boolean headFits = shape.headDim() % 8 == 0 && shape.headDim() <= 256;
        return q.device().isCuda() && half && seesAll && headFits && shape.softCap() == 0;
    }

    /// Attends within each document; see [Attention#apply].
    static Value apply(
            Tape tape, Attention.QueryKeyValue qkv, AttentionShape shape, Documents documents) {
        try (var op = tape.begin("attention")) {
            Tensor q = qkv.q().data();
            Tensor k = qkv.k().data();
            Tensor v = qkv.v().data();
            Tensor out = Tensor.empty(q.dtype(), q.device(), q.shape());
            List<Tensor> saved = new ArrayList<>(List.of(q, k, v));
            List<Notes> notes = new ArrayList<>();
            for (Documents.Run run : documents.runs()) {
                try (var scope = Scope.open("run")) {
                    Inputs in = Inputs.of(q, k, v, shape, run);
                    Notes note = in.forward();
                    in.queries(out).copyInPlace(note.kept.getFirst());
                    notes.add(note);
                    note.kept.forEach(tensor -> saved.add(scope.keep(tensor)));
                }
            }
            return op.result(
                    out,
                    qkv.needsGradient(),
                    gradient -> {
                        Tensor dq = Tensor.empty(q.dtype(), q.device(), q.shape());
                        Tensor dk = Tensor.empty(k.dtype(), k.device(), k.shape());
                        Tensor dv = Tensor.empty(v.dtype(), v.device(), v.shape());
                        for (int i = 0; i < notes.size(); i++) {
                            try (var _ = Scope.open("run")) {
                                Documents.Run run = documents.runs().get(i);
                                Inputs in = Inputs.of(q, k, v, shape, run);
                                Boxed back = in.backward(in.queries(gradient), notes.get(i));
                                in.queries(dq).copyInPlace(back.tensor(0));
                                in.keys(dk).copyInPlace(in.summed(back.tensor(1)));
                                in.keys(dv).copyInPlace(in.summed(back.tensor(2)));
                            }
                        }
                        qkv.q().accumulate(dq);
                        qkv.k().accumulate(dk);
                        qkv.v().accumulate(dv);
                    },
                    saved.toArray(Tensor[]::new));
        }
    }

    /// What the kernel needs to find its way back.
    ///
    /// @param kept the result, the logsumexp, and, on CUDA, four more that the kernel gave
    /// @param longestQuery a number that the CUDA kernel gave, else 0
    /// @param longestKey likewise
    private record Notes(List<Tensor> kept, long longestQuery, long longestKey) {}

    /// One run: queries, keys and values, each `(B, H, T, D)`.
    private record Inputs(Tensor q, Tensor k, Tensor v, AttentionShape shape, Documents.Run run) {
        static Inputs of(Tensor q, Tensor k, Tensor v, AttentionShape shape, Documents.Run run) {
            Inputs views = new Inputs(q, k, v, shape, run);
            return new Inputs(
                    views.queries(q),
                    views.repeated(views.keys(k)),
                    views.repeated(views.keys(v)),
                    shape,
                    run);
        }

        /// `(N, H·D)` as a view `(B, H, T, D)`.
        Tensor queries(Tensor x) {
            return heads(x, shape.heads());
        }

        /// `(N, K·D)` as a view `(B, K, T, D)`.
        Tensor keys(Tensor x) {
            return heads(x, shape.keyValueHeads());
        }

        private Tensor heads(Tensor x, int heads) {
            Tensor rows = x.narrow(0, run.start(), (long) run.count() * run.length());
            return rows.view(run.count(), run.length(), heads, shape.headDim()).permute(0, 2, 1, 3);
        }

        /// `(B, K, T, D)` with each head as often as queries share it.
        private Tensor repeated(Tensor x) {
            long dim = shape.headDim();
            return x.unsqueeze(2)
                    .expand(run.count(), shape.keyValueHeads(), shape.group(), run.length(), dim)
                    .reshape(run.count(), shape.heads(), run.length(), dim);
        }

        /// The gradients of repeated heads added up: `(B, H, T, D)` to `(B, K, T, D)`.
        Tensor summed(Tensor x) {
            return x.reshape(
                            run.count(),
                            shape.keyValueHeads(),
                            shape.group(),
                            run.length(),
                            shape.headDim())
                    .sum(2, false, Dtype.FLOAT32);
        }

        Notes forward() {
            boolean cuda = q.device().isCuda();
            Boxed call = Boxed.of(cuda ? CUDA : CPU).with(q).with(k).with(v).with(0.0).with(true);
            if (!cuda) {
                call.withNothing().with(shape.scale()).call();
                return new Notes(List.of(call.tensor(0), call.tensor(1)), 0, 0);
            }
            call.with(false).with(shape.scale()).call();
            List<Tensor> kept = new ArrayList<>();
            for (int index : new int[] {0, 1, 2, 3, 6, 7}) {
                kept.add(call.tensor(index));
            }
            return new Notes(kept, call.number(4), call.number(5));
        }

        /// The gradients of queries, keys and values.
        Boxed backward(Tensor gradient, Notes notes) {
            boolean cuda = q.device().isCuda();
            Boxed call = Boxed.of((cuda ? CUDA : CPU) + "_backward");
            call.with(gradient.contiguous()).with(q).with(k).with(v);
            call.with(notes.kept.get(0)).with(notes.kept.get(1));
            if (!cuda) {
                return call.with(0.0).with(true).withNothing().with(shape.scale()).call();
            }
            return call.with(notes.kept.get(2))
                    .with(notes.kept.get(3))
                    .with(notes.longestQuery)
                    .with(notes.longestKey)
                    .with(0.0)
                    .with(true)
                    .with(notes.kept.get(4))
                    .with(notes.kept.get(5))
                    .with(shape.scale())
                    .call();
        }
    }
}
