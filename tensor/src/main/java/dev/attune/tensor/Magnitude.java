package dev.attune.tensor;

import org.jspecify.annotations.Nullable;

/// The trained length of each row of a weight matrix whose direction LoRA trains: DoRA, [Liu et al.
/// 2024](https://arxiv.org/abs/2402.09353) eq. 5 and 11.
///
/// ```
/// n  = ‖W + s·B·A‖ by row, taken as a constant         n, m: (O)
/// y  = u·(m/n) + b                                     u = x·Wᵀ + s·(x·Aᵀ)·Bᵀ : (N, O)
/// du = dy·(m/n)      dm = Σ dy·u / n      db = Σ dy
/// ```
public final class Magnitude {
    private Magnitude() {}

    /// Gives each output feature its trained length, and adds the bias.
    ///
    /// @param u output of the layer without its bias and with the low-rank update, `(N, O)`
    /// @param magnitude shape `(O)`
    /// @param rowNorms the row lengths of the updated weight, `(O)`, see [#rowNorms]
    /// @param bias shape `(O)`, or null
    public static Value apply(
            Tape tape, Value u, Parameter magnitude, Tensor rowNorms, @Nullable Parameter bias) {
        try (var op = tape.begin("magnitude")) {
            Tensor in = u.data();
            Tensor norms = rowNorms.to(in.dtype());
            Tensor ratio = magnitude.data().to(in.dtype()).over(norms);
            Tensor y = in.times(ratio);
            if (bias != null) {
                y.addInPlace(bias.data());
            }
            boolean trains = magnitude.trainable() || (bias != null && bias.trainable());
            return op.result(
                    y,
                    u.needsGradient() || trains,
                    dy -> {
                        if (magnitude.trainable()) {
                            Tensor sums = dy.times(in).sum(0, false, Dtype.FLOAT32);
                            magnitude.accumulate(sums.over(norms));
                        }
                        if (bias != null && bias.trainable()) {
                            bias.accumulate(dy.sum(0, false, Dtype.FLOAT32).to(dy.dtype()));
                        }
                        if (u.needsGradient()) {
                            u.accumulate(dy.times(ratio));
                        }
                    },
                    in,
                    norms,
                    ratio);
        }
    }

    /// The lengths of the rows of `W + s·B·A`, float32, shape `(O)`.
    public static Tensor rowNorms(Parameter weight, Linear.Layout layout, LowRank lowRank) {
        try (var scope = Scope.open("rowNorms")) {
            Tensor w = weight.data().to(Dtype.FLOAT32);
            Tensor outIn = layout == Linear.Layout.OUT_IN ? w : w.transposed();
            Tensor a = lowRank.a().data().to(Dtype.FLOAT32);
            Tensor b = lowRank.b().data().to(Dtype.FLOAT32);
            Tensor updated = outIn.plusProduct(b, a, 1, lowRank.scale());
            return scope.keep(Kernels.sqrt(updated.times(updated).sum(1, false)));
        }
    }
}
