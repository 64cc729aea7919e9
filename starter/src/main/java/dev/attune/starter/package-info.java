/// The embedded base model, the sample data set, and the code that made them.
///
/// ```
///  what a program asks        Starter.unpackedIn(cache) ──▶ model/  train.jsonl  heldout.jsonl
///
///  what made it   text/*.txt ──▶ PhraseBook ──▶ Draft ──▶ Conversation of Frame
///                                                   │
///                     ┌─────────────────────────────┴───────────────┐
///                 CorpusText: invented shops, lessons, stories   GreenLeaf: the sample data
///                     │                                             │
///                 vocabulary, weights ──▶ model/                train.jsonl, heldout.jsonl
/// ```
///
/// ```
/// Starter starter = Starter.unpackedIn(cacheFolder);
/// Decoder decoder = Decoder.load(starter.model(), Dtype.FLOAT32, Device.CPU);
/// ```
///
/// The text comes from a grammar: rules, tables of words and frames in the files of `text/`, and a
/// seed. The same seed gives the same text on every machine.
///
/// Invariants:
/// - The text that the base model learned from says nothing of GreenLeaf Support and has none of
///   its labels, so that tuning has something to teach.
/// - No held-out row of the sample data shares a sentence of its user with a training row.
/// - What a program asks for and what made it are apart: [dev.attune.starter.Starter] touches no
///   grammar.
@NullMarked
package dev.attune.starter;

import org.jspecify.annotations.NullMarked;
