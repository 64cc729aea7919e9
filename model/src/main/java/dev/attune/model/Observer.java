package dev.attune.model;

import dev.attune.tensor.Value;

/// Looks on while a [Decoder] runs.
///
/// What is shown lives until the method returns; an onlooker that needs it longer copies it, or has
/// a scope of its own adopt it.
@FunctionalInterface
public interface Observer {
    /// What enters each layer, lowest first, and behind the last the result: `(N, C)`.
    void state(Value x);

    /// The scores that a layer gives its experts, `(N, E)`, lowest layer first; only layers that
    /// have experts.
    default void routed(Value logits) {}

    /// What a linear layer below the head reads, `(N, I)`; of an expert, the tokens that it gets.
    default void read(Projection layer, Value x) {}

    /// Sees nothing.
    static Observer none() {
        return _ -> {};
    }
}
