package dev.attune.tensor;

/// A gated feed-forward activation, [Shazeer 2020](https://arxiv.org/abs/2002.05202): SwiGLU,
/// GeGLU.
///
/// ```
/// y     = f(gate)·up                     gate, up, y: (N, F)
/// dgate = dy·up·f′(gate)      dup = dy·f(gate)
/// ```
///
/// Saves `gate` and `up`; `f(gate)` is computed again.
public final class GatedActivation {
    private GatedActivation() {}

    /// Lets `gate` decide how much of `up` passes.
    public static Value apply(Tape tape, Value gate, Value up, ActivationKind kind) {
        try (var op = tape.begin("gated_activation")) {
            Tensor g = gate.data();
            Tensor u = up.data();
            return op.result(
                    Kernels.activation(g, kind).multiplyInPlace(u),
                    gate.needsGradient() || up.needsGradient(),
                    dy -> {
                        up.accumulate(Kernels.activation(g, kind).multiplyInPlace(dy));
                        gate.accumulate(Kernels.activationBackward(dy.times(u), g, kind));
                    },
                    g,
                    u);
        }
    }
}
