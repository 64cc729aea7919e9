package dev.attune.tensor;

/// The functions that transform feed-forward features one by one.
public enum ActivationKind {
    /// `x·σ(x)`.
    SILU,
    /// `x·Φ(x)`, with the exact normal distribution.
    GELU,
    /// GELU through its tanh approximation: `gelu_new`, `gelu_pytorch_tanh`.
    GELU_TANH,
    /// `max(x, 0)`.
    RELU
}
