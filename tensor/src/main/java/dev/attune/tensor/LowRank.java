package dev.attune.tensor;

/// A trainable update of low rank beside a weight matrix: LoRA, [Hu et al.
/// 2021](https://arxiv.org/abs/2106.09685) eq. 3.
///
/// ```
/// y += s·(x·Aᵀ)·Bᵀ            x: (N, I)   A: (R, I)   B: (O, R)   y: (N, O)
/// u  = s·dy·B                 (N, R): always through the rank, never through (O, I)
/// dA = uᵀ·x      dB = s·dyᵀ·(x·Aᵀ)      dx += u·A
/// ```
///
/// @param a shape `(R, I)`
/// @param b shape `(O, R)`
/// @param scale `lora_alpha / r`, or `lora_alpha / √r` for rsLoRA
public record LowRank(Parameter a, Parameter b, double scale) {
    /// Whether one of the two factors trains.
    public boolean trainable() {
        return a.trainable() || b.trainable();
    }

    /// Adds the update to `y`, in place: `y` must be the fresh output of a [Linear], which does not
    /// read it again.
    ///
    /// @param x the inputs of that layer, `(N, I)`
    /// @param y its outputs, `(N, O)`
    public Value apply(Tape tape, Value x, Value y) {
        try (var op = tape.begin("low_rank")) {
            Tensor in = x.data();
            Tensor low = in.matmul(a.data().transposed());
            Tensor out = y.data().alias().addProductInPlace(low, b.data().transposed(), scale);
            return op.result(
                    out,
                    x.needsGradient() || y.needsGradient() || trainable(),
                    dy -> {
                        Tensor u = dy.matmul(b.data()).multiplyInPlace(scale);
                        a.accumulateProduct(u.transposed(), in, 1);
                        b.accumulateProduct(dy.transposed(), low, scale);
                        x.accumulateProduct(u, a.data(), 1);
                        y.accumulate(dy);
                    },
                    in,
                    low);
        }
    }
}
