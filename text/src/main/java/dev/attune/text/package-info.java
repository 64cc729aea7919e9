/// Tokenizers and chat templates: messages to token ids and back, with the text a model must learn.
///
/// A tokenizer has one path, whatever file describes it:
///
/// ```
/// tokenizer.json ─────────────────────────────┐
/// tokenizer.model ── SentencePieceModel ──────┤
/// vocab.json, merges.txt ── VocabAndMerges ───┼─▶ the text of a ──▶ NativeTokenizer ──▶ Encoding
/// *.tiktoken ── Tiktoken ─────────────────────┤   tokenizer.json      (Rust)              │
/// *.gguf ── GgufVocabulary, PreTokenizers ────┘        └──▶ TokenizerFile: vocabulary,    │
///                                                           decoder ──▶ StreamDecoder     ▼
///                                                                       text ◀────────── ids
/// ```
///
/// Invariants of tokenizers.
/// - The library adds no special token: [dev.attune.text.Tokenizer#encodeWithSpecialTokens] alone
///   does, and sees whether the text brought its own BOS.
/// - Offsets are UTF-16 units of the text that was given, also where it has lone surrogates.
/// - What a stream has given no later id can change.
/// - Nothing is fetched, reported or cut short.
@NullMarked
package dev.attune.text;

import org.jspecify.annotations.NullMarked;
