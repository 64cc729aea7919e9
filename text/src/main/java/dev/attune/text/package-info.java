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
///
/// A chat template is run by an interpreter of Attune's own, since the one question that jinja2
/// cannot answer is where a character comes from:
///
/// ```
/// template ── JinjaLexer ──▶ words ── JinjaParser ──▶ statements ── JinjaRunner ──▶ SourcedText
///                                                         ▲                            │
/// messages, variables ── TemplateValues ──────────────────┘                            ▼
///                                                               Rendered ──▶ spans to be learned
/// ```
///
/// It differs from jinja2 on purpose:
/// - `include`, `import`, `from` and `extends` are refused, as they would read other templates.
/// - `block`, `autoescape` and the filters `wordwrap`, `urlize`, `xmlattr`, `filesizeformat` and
///   `random`, as well as `lipsum`, are absent.
/// - What filters such as `map` give goes through the list as it was when the filter ran.
/// - Numbers of more than 65,536 bits, complex numbers, fields wider than 10,000 characters and
///   values nested deeper than 200 levels are errors, as is all else beyond
///   [dev.attune.text.RenderLimits].
///
/// What Ollama is told is a template in Go's language, which is read and rendered here as well,
/// since only that shows what Ollama will give the model:
///
/// ```
/// Jinja template ── marks ──▶ OllamaShape ── OllamaSource ──▶ text of a TEMPLATE
///                                                               │ GoLexer, GoParser, GoTemplate
/// conversation ── OllamaMessages ──▶ fields ────────────────────┴──▶ the same text, or no TEMPLATE
/// ```
@NullMarked
package dev.attune.text;

import org.jspecify.annotations.NullMarked;
