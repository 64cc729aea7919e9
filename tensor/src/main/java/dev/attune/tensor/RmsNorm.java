package dev.attune.tensor;

/// Root mean square normalisation, [Zhang & Sennrich 2019](https://arxiv.org/abs/1910.07467) eq. 4.
///
/// ```
/// r  = 1/√(mean(x²) + eps)        by row, in float32
/// y  = x·r·(w + offset)           x: (…, C)   w: (C)
/// g  = dy·(w + offset)
/// dx = r·(g − x·r²·mean(g·x))      dw = Σ dy·x·r
/// ```
///
/// Saves `x` and `r`.
public final class RmsNorm {
    private RmsNorm() {}

    /// Normalises each row.
    ///
    /// @param x any shape whose elements fall into rows as long as `weight`
    /// @param offset what is added to the weight: 1 for the Gemma families, else 0
    public static Value apply(Tape tape, Value x, Parameter weight, double eps, double offset) {
        try (var op = tape.begin("rms_norm")) {
            long width = weight.data().elements();
            long[] shape = x.data().shape();
            Tensor rows = x.data().reshape(-1, width);
            Tensor x32 = rows.to(Dtype.FLOAT32);
            Tensor rstd = Kernels.rsqrtMeanSquare(x32, eps);
            Tensor normed = Kernels.product(x32, rows, rstd);
            Tensor y =
                    offset == 0
                            ? normed.to(rows.dtype()).multiplyInPlace(weight.data())
                            : normed.multiplyInPlace(shifted(weight, offset)).to(rows.dtype());
            return op.result(
                    y.view(shape),
                    x.needsGradient() || weight.trainable(),
                    dy -> backward(x, rows, rstd, weight, offset, dy),
                    rows,
                    rstd);
        }
    }

    private static void backward(
            Value x, Tensor rows, Tensor rstd, Parameter weight, double offset, Tensor dy) {
        Tensor dyRows = dy.view(rows.shape());
        Tensor dy32 = dyRows.to(Dtype.FLOAT32);
        Tensor xhat = Kernels.product(rows.to(Dtype.FLOAT32), rows, rstd);
        if (weight.trainable()) {
            weight.accumulate(dy32.times(xhat).sum(0, false).to(weight.data().dtype()));
        }
        if (x.needsGradient()) {
            Tensor g = Kernels.product(dy32, dyRows, shifted(weight, offset));
            Tensor mean = g.times(xhat).sum(-1, true).multiplyInPlace(1.0 / rows.size(1));
            Tensor dx = g.addProductOfElementsInPlace(xhat, mean, -1).multiplyInPlace(rstd);
            x.accumulate(dx.to(rows.dtype()).view(dy.shape()));
        }
    }

    private static Tensor shifted(Parameter weight, double offset) {
        Tensor w = weight.data().to(Dtype.FLOAT32);
        return offset == 0 ? w : w.plus(offset);
    }
}
