package dev.attune.tensor;

/// One step of AdamW on one weight, in place, [Loshchilov & Hutter
/// 2019](https://arxiv.org/abs/1711.05101) algorithm 2.
///
/// ```
/// m ← β₁m + (1 − β₁)g          v ← β₂v + (1 − β₂)g²
/// θ ← θ − η·λ·θ − η·m̂/(√v̂ + ε)      m̂ = m/(1 − β₁ᵗ)   v̂ = v/(1 − β₂ᵗ)
/// ```
///
/// Moments are float32. A weight of another type has a float32 master copy, so that updates smaller
/// than its rounding add up; the weight itself is the rounded master.
public final class AdamW implements AutoCloseable {
    private final Parameter parameter;
    private final Scope state = Scope.owning("AdamW");
    private final Tensor master;
    private final Tensor firstMoment;
    private final Tensor secondMoment;

    /// The numbers of the rule.
    ///
    /// @param betaOne β₁
    /// @param betaTwo β₂
    /// @param eps ε
    /// @param weightDecay λ
    public record Rule(double betaOne, double betaTwo, double eps, double weightDecay) {
        /// PyTorch's defaults.
        public static final Rule DEFAULTS = new Rule(0.9, 0.999, 1e-8, 0.01);
    }

    /// Fresh moments for one weight.
    public AdamW(Parameter parameter) {
        this.parameter = parameter;
        Tensor data = parameter.data();
        try (var _ = Scope.open("AdamW")) {
            master = data.dtype() == Dtype.FLOAT32 ? data : state.adopt(data.to(Dtype.FLOAT32));
            firstMoment = state.adopt(Tensor.zeros(Dtype.FLOAT32, data.device(), data.shape()));
            secondMoment = state.adopt(Tensor.zeros(Dtype.FLOAT32, data.device(), data.shape()));
        }
    }

    /// Moves the weight against its gradient, which stays; without a gradient nothing happens.
    ///
    /// @param t the number of this step, from 1
    /// @param learningRate η
    public void step(int t, double learningRate, Rule rule) {
        if (parameter.gradient().isEmpty()) {
            return;
        }
        try (var _ = Scope.open("AdamW step")) {
            Tensor gradient = parameter.gradient().get().to(Dtype.FLOAT32);
            Kernels.fusedAdamW(
                    new Tensor[] {master, gradient, firstMoment, secondMoment},
                    t,
                    learningRate,
                    rule);
            if (parameter.data().dtype() != Dtype.FLOAT32) {
                parameter.data().copyInPlace(master);
            }
        }
    }

    /// Frees the moments.
    @Override
    public void close() {
        state.close();
    }
}
