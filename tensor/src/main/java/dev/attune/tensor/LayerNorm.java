package dev.attune.tensor;

import org.jspecify.annotations.Nullable;

/// Layer normalisation, [Ba et al. 2016](https://arxiv.org/abs/1607.06450).
///
/// ```
/// x̂  = (x − mean(x))/√(var(x) + eps)      by row, in float32
/// y  = x̂·w + b                            w, b: (C), or (H, C) with rows H to a token
/// g  = dy·w
/// dx = r·(g − mean(g) − x̂·mean(g·x̂))       dw = Σ dy·x̂      db = Σ dy
/// ```
///
/// Saves `x`, the means and `r`.
public final class LayerNorm {
    private LayerNorm() {}

    /// Normalises each row.
    ///
    /// @param x shape `(N, C)`, or `(N, H·C)` for a weight of shape `(H, C)`
    /// @param bias of the shape of `weight`, or null
    public static Value apply(
            Tape tape, Value x, Parameter weight, @Nullable Parameter bias, double eps) {
        try (var op = tape.begin("layer_norm")) {
            long[] shape = x.data().shape();
            Tensor rows = x.data().reshape(rowShape(weight));
            Tensor x32 = rows.to(Dtype.FLOAT32);
            double width = rows.size(-1);
            Tensor mean = x32.sum(-1, true).multiplyInPlace(1 / width);
            Tensor centred = x32.minus(mean);
            Tensor rstd = Kernels.rsqrtMeanSquare(centred, eps);
            Tensor y = centred.multiplyInPlace(rstd).times(weight.data().to(Dtype.FLOAT32));
            if (bias != null) {
                y.addInPlace(bias.data());
            }
            boolean trains = weight.trainable() || (bias != null && bias.trainable());
            return op.result(
                    y.to(rows.dtype()).view(shape),
                    x.needsGradient() || trains,
                    dy -> backward(x, new Saved(rows, mean, rstd), weight, bias, dy),
                    rows,
                    mean,
                    rstd);
        }
    }

    private record Saved(Tensor rows, Tensor mean, Tensor rstd) {}

    private static void backward(
            Value x, Saved saved, Parameter weight, @Nullable Parameter bias, Tensor dy) {
        Tensor rows = saved.rows;
        double width = rows.size(-1);
        Tensor dy32 = dy.view(rows.shape()).to(Dtype.FLOAT32);
        Tensor xhat = rows.to(Dtype.FLOAT32).minus(saved.mean).multiplyInPlace(saved.rstd);
        if (weight.trainable()) {
            weight.accumulate(dy32.times(xhat).sum(0, false).to(weight.data().dtype()));
        }
        if (bias != null && bias.trainable()) {
            bias.accumulate(dy32.sum(0, false).to(bias.data().dtype()));
        }
        if (x.needsGradient()) {
            Tensor g = dy32.times(weight.data().to(Dtype.FLOAT32));
            Tensor mean = g.sum(-1, true).multiplyInPlace(1 / width);
            Tensor along = g.times(xhat).sum(-1, true).multiplyInPlace(1 / width);
            Tensor dx =
                    g.subtractInPlace(mean)
                            .addProductOfElementsInPlace(xhat, along, -1)
                            .multiplyInPlace(saved.rstd);
            x.accumulate(dx.to(rows.dtype()).view(dy.shape()));
        }
    }

    private static long[] rowShape(Parameter weight) {
        long[] of = weight.data().shape();
        return of.length == 1 ? new long[] {-1, of[0]} : new long[] {-1, of[0], of[1]};
    }
}
