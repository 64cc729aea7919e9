package dev.attune.tensor;

/// A [LowRank] update whose inputs lose a random share while it is learned, as PEFT's
/// `lora_dropout` has it: the layer beside it reads its inputs whole.
///
/// ```
/// x̂  = x ⊙ m / (1 − p)        x: (N, I)   m: the mask of this layer alone
/// y += s·(x̂·Aᵀ)·Bᵀ            A: (R, I)   B: (O, R)   y: (N, O)
/// u  = s·dy·B                 (N, R)
/// dA = uᵀ·x̂      dB = s·dyᵀ·(x̂·Aᵀ)      dx += (u·A) ⊙ m / (1 − p)
/// ```
///
/// Saves x, which several layers share, and the mask, and makes x̂ again from them: a third or a
/// fifth of its bytes.
public final class LowRankDropout {
    private LowRankDropout() {}

    /// Adds the update to `y`, in place, as [LowRank#apply] does; without a mask it is that.
    ///
    /// @param x the inputs of the layer, `(N, I)`
    /// @param y its fresh outputs, `(N, O)`
    public static Value apply(Tape tape, Value x, Value y, LowRank update, Dropout dropout) {
        if (!dropout.drops(tape)) {
            return update.apply(tape, x, y);
        }
        try (var op = tape.begin("low_rank")) {
            Parameter a = update.a();
            Parameter b = update.b();
            double scale = update.scale();
            Tensor in = x.data();
            Tensor mask = dropout.mask(in);
            Tensor low = dropout.masked(in, mask).matmul(a.data().transposed());
            Tensor out = y.data().alias().addProductInPlace(low, b.data().transposed(), scale);
            return op.result(
                    out,
                    x.needsGradient() || y.needsGradient() || update.trainable(),
                    dy -> {
                        Tensor u = dy.matmul(b.data()).multiplyInPlace(scale);
                        b.accumulateProduct(dy.transposed(), low, scale);
                        y.accumulate(dy);
                        if (a.trainable()) {
                            a.accumulateProduct(u.transposed(), dropout.masked(in, mask), 1);
                        }
                        if (x.needsGradient()) {
                            x.accumulate(dropout.masked(u.matmul(a.data()), mask));
                        }
                    },
                    in,
                    mask,
                    low);
        }
    }
}
