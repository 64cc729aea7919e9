package dev.attune.model;

import dev.attune.model.DecoderConfig.Placement;
import dev.attune.tensor.ResidualAdd;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Value;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// One layer: attention and a feed-forward, their norms, and the stream that runs past both.
///
/// ```
/// PRE            x += attn(n₁ x)          x += mlp(n₂ x)
/// PRE_AND_POST   x += n₂ attn(n₁ x)       x += n₄ mlp(n₃ x)
/// POST           x += n₁ attn(x)          x += n₂ mlp(x)
/// PARALLEL       x += attn(n x) + mlp(n x)
/// PARALLEL_TWO   x += attn(n₁ x) + mlp(n₂ x)
/// ```
record DecoderLayer(
        DecoderConfig.Layer config,
        Placement placement,
        double residualMultiplier,
        LayerNorms norms,
        AttentionBlock attention,
        FeedForwardBlock feedForward) {

    /// The norms a layer has, by where they stand.
    record LayerNorms(
            Optional<Norm> beforeAttention,
            Optional<Norm> afterAttention,
            Optional<Norm> beforeFeedForward,
            Optional<Norm> afterFeedForward) {
        Stream<Norm> all() {
            return Stream.of(beforeAttention, afterAttention, beforeFeedForward, afterFeedForward)
                    .flatMap(Optional::stream);
        }
    }

    /// Runs the layer, with `attend` in place of attention: `x: (N, C)` to `(N, C)`.
    Value apply(Forward forward, Value x, UnaryOperator<Value> attend) {
        Tape tape = forward.tape();
        return switch (placement) {
            case PRE, PRE_AND_POST, POST -> oneAfterTheOther(forward, x, attend);
            case PARALLEL -> {
                Value normed = normed(tape, norms.beforeAttention, x);
                yield sideBySide(tape, x, attend.apply(normed), feedForward.apply(forward, normed));
            }
            case PARALLEL_TWO -> {
                Value attended = attend.apply(normed(tape, norms.beforeAttention, x));
                Value fed = feedForward.apply(forward, normed(tape, norms.beforeFeedForward, x));
                yield sideBySide(tape, x, attended, fed);
            }
        };
    }

    private Value oneAfterTheOther(Forward forward, Value x, UnaryOperator<Value> attend) {
        Tape tape = forward.tape();
        Value attended = attend.apply(normed(tape, norms.beforeAttention, x));
        Value middle = add(tape, x, normed(tape, norms.afterAttention, attended));
        Value fed = feedForward.apply(forward, normed(tape, norms.beforeFeedForward, middle));
        return add(tape, middle, normed(tape, norms.afterFeedForward, fed));
    }

    private Value sideBySide(Tape tape, Value x, Value attended, Value fed) {
        return add(tape, add(tape, x, attended), fed);
    }

    private Value add(Tape tape, Value x, Value f) {
        return ResidualAdd.apply(tape, x, f, residualMultiplier);
    }

    private static Value normed(Tape tape, Optional<Norm> norm, Value x) {
        return norm.isEmpty() ? x : norm.get().apply(tape, x);
    }

    List<Projection> projections() {
        return Stream.concat(attention.projections().stream(), feedForward.projections().stream())
                .toList();
    }

    Stream<Norm> allNorms() {
        return Stream.concat(norms.all(), attention.norms());
    }
}
