package dev.attune.model;

import dev.attune.tensor.Linear;
import dev.attune.tensor.LowRank;
import dev.attune.tensor.Parameter;

import java.util.Optional;

/// One thing that an adapter does to the base: what a merge has to bring about.
///
/// Factors go on top of a weight that the same adapter brings for the same path. The numbers belong
/// to the adapter.
public sealed interface AdapterChange {
    /// The path of the layer in the checkpoint: `model.layers.0.self_attn.q_proj`.
    String path();

    /// Factors beside a linear layer.
    ///
    /// @param layout how the layer's weight lies
    /// @param magnitude the row lengths of DoRA
    record Factors(
            String path, Linear.Layout layout, LowRank lowRank, Optional<Parameter> magnitude)
            implements AdapterChange {}

    /// Factors beside the embedding table, A `(R, V)` and B `(C, R)`.
    record EmbeddingFactors(String path, LowRank lowRank) implements AdapterChange {}

    /// Another weight in place of the layer's own.
    record Weight(String path, Parameter value) implements AdapterChange {}

    /// Another bias in place of the layer's own.
    record Bias(String path, Parameter value) implements AdapterChange {}
}
