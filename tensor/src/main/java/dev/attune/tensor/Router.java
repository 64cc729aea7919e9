package dev.attune.tensor;

/// Chooses the experts of each token and how much each counts, [Shazeer et al.
/// 2017](https://arxiv.org/abs/1701.06538).
///
/// ```
/// p = softmax(z)                    z: (N, E), float32
/// w = the k greatest of p           (N, k)      (w /= Σ w where the family normalises)
/// dp through the chosen, dz = p∘(dp − Σ dp∘p)
/// ```
public final class Router {
    private Router() {}

    /// The choice for each token.
    ///
    /// @param weights how much each chosen expert counts, `(N, k)`, in the type of the activations
    /// @param experts the chosen experts, the strongest first, int64 `(N, k)`
    public record Routing(Value weights, Tensor experts) {}

    /// Routes each token.
    ///
    /// @param logits router scores, `(N, E)`
    /// @param perToken k
    /// @param normalise whether the k weights of a token are made to add up to one
    public static Routing apply(Tape tape, Value logits, int perToken, boolean normalise) {
        try (var op = tape.begin("router")) {
            Tensor p = logits.data().to(Dtype.FLOAT32).softmax();
            Tensor chosen = Kernels.topkIndices(p, perToken);
            Tensor picked = p.gather(chosen);
            Tensor total = picked.sum(-1, true);
            Tensor w = normalise ? picked.over(total) : picked;
            Dtype dtype = logits.data().dtype();
            Value weights =
                    op.result(
                            w.to(dtype),
                            logits.needsGradient(),
                            dw -> {
                                Tensor dpicked = dw.to(Dtype.FLOAT32);
                                if (normalise) {
                                    Tensor along = dpicked.times(w).sum(-1, true);
                                    dpicked = dpicked.minus(along).over(total);
                                }
                                Tensor dp = Kernels.scatterColumns(p, chosen, dpicked);
                                logits.accumulate(Kernels.softmaxBackward(dp, p).to(dtype));
                            },
                            p,
                            chosen,
                            w,
                            total);
            return new Routing(weights, op.keep(chosen, false).data());
        }
    }
}
