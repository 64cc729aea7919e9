/// One decoder for every family, its weights and its adapters.
///
/// ```
///  config.json ──Family──▶ DecoderConfig ──┐
///                                          ├──DecoderBuilder──▶ Decoder ──hidden──▶ (N, C)
///  *.safetensors ──LoadedWeights──────────▶┘                       │
///                                                                  └──head──▶ logits, log-probabilities
/// ```
///
/// A family is data: a file that reads its `config.json` into a [dev.attune.model.DecoderConfig]
/// and names its weights. The decoder is one: every switch over what a family may choose is
/// exhaustive, so the compiler leads a new choice to each place that must know it.
///
/// Letters: N all tokens of a batch, C hidden, H heads, K key-value heads, D head dim, F
/// feed-forward, V vocabulary, R rank.
///
/// Invariants:
///
/// - Weights keep the names of their checkpoint, in memory and in adapters.
/// - A weight is read once, from the mapped file into its final type and place.
/// - A batch has no padding; documents do not see each other.
/// - Everything wrong with a checkpoint is told at once, before anything is allocated.
@NullMarked
package dev.attune.model;

import org.jspecify.annotations.NullMarked;
