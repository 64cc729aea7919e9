/// A tuned model in the formats of others.
///
/// ```
/// base folder ──┬── adapter ──▶ AdapterWriter ──▶ adapter_config.json, adapter_model.safetensors
///               └── MergePlan ──▶ Merge, one tensor at a time ──▶ model.safetensors
///                        config, tokenizer, template, card ──────▶ beside it
///                                                 LogitCheck ──▶ the folder gets its name
/// MergePlan ──▶ GgufPlan ──▶ GgufWriter ──▶ model-q4_k_m.gguf ──▶ GgufImport ──▶ GgufCheck
///     ImportanceMatrix ──▲                                              ▲
///     the user's rows ──▶ AskedRows: what the tuned model answers ──────┘
/// adapter ──▶ GgufLora ──▶ adapter.gguf ──▶ GgufLoraImport ──▶ LogitCheck
/// ```
///
/// [dev.attune.export.ModelExport] is the entry; [dev.attune.export.GgufExport] and
/// [dev.attune.export.GgufImport] are those for GGUF:
///
/// ```
/// ExportReport report = new ModelExport().export(
///         ExportRequest.merged(base, adapter, target), ExportProgress.none());
/// ```
///
/// Invariants: a target appears complete or not at all; nothing is called a success before the
/// logits of what was written equal those of what it was made from; the weights that are merged are
/// the stored ones, widened to float32 and rounded once; adapter, merged weights and file read the
/// same text.
@NullMarked
package dev.attune.export;

import org.jspecify.annotations.NullMarked;
