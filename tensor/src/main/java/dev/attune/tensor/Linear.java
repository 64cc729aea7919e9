package dev.attune.tensor;

import org.jspecify.annotations.Nullable;

/// A dense layer.
///
/// ```
/// y  = x·Wᵀ + b              x: (N, I)   W: (O, I)   b: (O)   y: (N, O)
/// dx = dy·W      dW = dyᵀ·x      db = Σ dy
/// ```
///
/// Saves `x` only if the weight trains: a frozen layer costs no memory.
public final class Linear {
    private Linear() {}

    /// How a weight matrix lies in its file.
    public enum Layout {
        /// Output features are rows, as `nn.Linear` has it.
        OUT_IN,
        /// Input features are rows, as GPT-2's `Conv1D` has it.
        IN_OUT
    }

    /// Runs the layer.
    ///
    /// @param x inputs of shape `(N, I)`
    /// @param weight shape `(O, I)` or, in the layout IN_OUT, `(I, O)`
    /// @param bias shape `(O)`, or null
    /// @return outputs of shape `(N, O)`
    public static Value apply(
            Tape tape, Value x, Parameter weight, @Nullable Parameter bias, Layout layout) {
        try (var op = tape.begin("linear")) {
            Tensor in = x.data();
            Tensor forward = inOut(weight.data(), layout);
            Tensor y = Products.of(in, forward, bias == null ? null : bias.data());
            boolean trains = weight.trainable() || (bias != null && bias.trainable());
            Tensor[] saved = weight.trainable() ? new Tensor[] {in} : new Tensor[0];
            return op.result(
                    y,
                    x.needsGradient() || trains,
                    dy -> {
                        x.accumulateProduct(dy, outIn(weight.data(), layout), 1);
                        if (weight.trainable()) {
                            switch (layout) {
                                case OUT_IN -> weight.accumulateProduct(dy.transposed(), in, 1);
                                case IN_OUT -> weight.accumulateProduct(in.transposed(), dy, 1);
                            }
                        }
                        if (bias != null && bias.trainable()) {
                            bias.accumulate(dy.sum(0, false, Dtype.FLOAT32).to(dy.dtype()));
                        }
                    },
                    saved);
        }
    }

    private static Tensor inOut(Tensor weight, Layout layout) {
        return layout == Layout.OUT_IN ? weight.transposed() : weight;
    }

    private static Tensor outIn(Tensor weight, Layout layout) {
        return layout == Layout.OUT_IN ? weight : weight.transposed();
    }
}
