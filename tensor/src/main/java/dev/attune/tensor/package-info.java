/// The only door to libtorch: tensors, who owns them, and the operations a decoder is made of, each
/// with its way back.
///
/// ```
///            Scope ── owns ──▶ Tensor ◀── data ── Parameter (a weight, and its gradient)
///              ▲                  ▲
///   opens one  │                  │ data
///              │                Value ◀── made by ── operation ── records ──▶ Tape
///           operation                                (Linear, RmsNorm, Rope, Attention, …)
/// ```
///
/// ```
/// try (var step = Scope.open("step"); var tape = Tape.recording()) {
///     Value h = Embedding.apply(tape, table, ids);
///     Value n = RmsNorm.apply(tape, h, weight, 1e-6, 0);
///     Value l = TokenLogProbs.apply(tape, n, head, labels);
///     tape.backward(l, minusOneOverCount);
/// }
/// ```
///
/// Each operation is one file: the equation and the shapes above, forward and hand-derived backward
/// side by side below. Tests hold each against libtorch's autograd of the naive composition.
///
/// Letters: B batch, N all tokens of a batch end to end, T tokens of a document, C hidden, H heads,
/// K key-value heads, G query heads to a key-value head, D head dim, F feed-forward, V vocabulary,
/// R rank, E experts.
///
/// Invariants:
///
/// - `org.bytedeco` is imported in this package only.
/// - A tensor belongs to a scope; garbage collection is never relied on.
/// - A backward step touches saved tensors, parameters and gradients only: what else the forward
///   pass made is gone by then.
/// - A frozen parameter never gets a gradient, and no operation above which nothing trains records.
/// - Tensor work stays on one platform thread.
@NullMarked
package dev.attune.tensor;

import org.jspecify.annotations.NullMarked;
