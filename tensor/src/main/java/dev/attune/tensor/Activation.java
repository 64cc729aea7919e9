package dev.attune.tensor;

/// A feed-forward activation without a gate.
///
/// ```
/// y = f(x)      dx = dy·f′(x)      any shape
/// ```
///
/// Saves `x`.
public final class Activation {
    private Activation() {}

    /// Transforms each element.
    public static Value apply(Tape tape, Value x, ActivationKind kind) {
        try (var op = tape.begin("activation")) {
            Tensor in = x.data();
            return op.result(
                    Kernels.activation(in, kind),
                    x.needsGradient(),
                    dy -> x.accumulate(Kernels.activationBackward(dy, in, kind)),
                    in);
        }
    }
}
