package dev.attune.tensor;

import java.util.ArrayList;
import java.util.List;

/// AdamW over some weights, in place, [Loshchilov & Hutter 2019](https://arxiv.org/abs/1711.05101)
/// algorithm 2.
///
/// ```
/// m ← β₁m + (1 − β₁)g          v ← β₂v + (1 − β₂)g²
/// θ ← θ − η·λ·θ − η·m̂/(√v̂ + ε)      m̂ = m/(1 − β₁ᵗ)   v̂ = v/(1 − β₂ᵗ)
/// ```
///
/// Moments are float32. A weight of another type has a float32 master copy, so that updates smaller
/// than its rounding add up; the weight itself is the rounded master. One call of libtorch's fused
/// kernel does all weights.
public final class AdamW implements AutoCloseable {
    private final List<Slot> slots;
    private final Scope state = Scope.owning("AdamW");

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

    private record Slot(
            Parameter parameter, Tensor master, Tensor firstMoment, Tensor secondMoment) {}

    /// Fresh moments for these weights.
    public AdamW(List<Parameter> parameters) {
        List<Slot> all = new ArrayList<>();
        for (Parameter parameter : parameters) {
            Tensor data = parameter.data();
            try (var _ = Scope.open("AdamW")) {
                boolean isMaster = data.dtype() == Dtype.FLOAT32;
                all.add(
                        new Slot(
                                parameter,
                                isMaster ? data : state.adopt(data.to(Dtype.FLOAT32)),
                                moment(data),
                                moment(data)));
            }
        }
        slots = List.copyOf(all);
    }

    private Tensor moment(Tensor data) {
        return state.adopt(Tensor.zeros(Dtype.FLOAT32, data.device(), data.shape()));
    }

    /// Moves each weight against its gradient, which stays; a weight without one stays too.
    ///
    /// @param t the number of this step, from 1
    /// @param learningRate η
    public void step(int t, double learningRate, Rule rule) {
        try (var _ = Scope.open("AdamW step")) {
            List<Slot> moving =
                    slots.stream().filter(s -> s.parameter.gradient().isPresent()).toList();
            if (moving.isEmpty()) {
                return;
            }
            Kernels.fusedAdamW(
                    moving.stream().map(Slot::master).toList(),
                    moving.stream().map(AdamW::gradient).toList(),
                    List.of(
                            moving.stream().map(Slot::firstMoment).toList(),
                            moving.stream().map(Slot::secondMoment).toList()),
                    new Kernels.AdamWNumbers(t, learningRate, rule));
            List<Slot> rounded =
                    moving.stream()
                            .filter(s -> s.parameter.data().dtype() != Dtype.FLOAT32)
                            .toList();
            Kernels.copyAll(
                    rounded.stream().map(s -> s.parameter.data()).toList(),
                    rounded.stream().map(Slot::master).toList());
        }
    }

    private static Tensor gradient(Slot slot) {
        return slot.parameter.gradient().orElseThrow().to(Dtype.FLOAT32);
    }

    /// Frees the moments.
    @Override
    public void close() {
        state.close();
    }
}
