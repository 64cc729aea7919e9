package dev.attune.model;

import dev.attune.tensor.Linear;
import dev.attune.tensor.LowRank;
import dev.attune.tensor.LowRankDropout;
import dev.attune.tensor.Magnitude;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.ResidualAdd;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.Value;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A linear layer of the decoder, under its path in the checkpoint, with room for an adapter.
///
/// The weights belong to the decoder, the adapter's to whoever attached it.
public final class Projection {
    private final String path;
    private final Linear.Layout layout;
    private Parameter weight;
    private @Nullable Parameter bias;
    private @Nullable Update update;

    /// What an adapter adds to a layer.
    ///
    /// @param lowRank the factors
    /// @param magnitude the row lengths of DoRA
    public record Update(LowRank lowRank, Optional<Parameter> magnitude) {}

    Projection(String path, Parameter weight, @Nullable Parameter bias, Linear.Layout layout) {
        this.path = path;
        this.weight = weight;
        this.bias = bias;
        this.layout = layout;
    }

    /// The path in the checkpoint: `model.layers.0.self_attn.q_proj`.
    public String path() {
        return path;
    }

    /// The weight, `(O, I)`, or `(I, O)` where the layout says so.
    public Parameter weight() {
        return weight;
    }

    /// The bias, if the layer has one.
    public Optional<Parameter> bias() {
        return Optional.ofNullable(bias);
    }

    /// How the weight lies.
    public Linear.Layout layout() {
        return layout;
    }

    /// Input features, I.
    public long inFeatures() {
        return weight.data().size(layout == Linear.Layout.OUT_IN ? 1 : 0);
    }

    /// Output features, O.
    public long outFeatures() {
        return weight.data().size(layout == Linear.Layout.OUT_IN ? 0 : 1);
    }

    /// What an adapter adds here, if one is attached.
    public Optional<Update> update() {
        return Optional.ofNullable(update);
    }

    void attach(@Nullable Update other) {
        update = other;
    }

    /// Puts another weight in place of the present one, which is given back.
    Parameter replaceWeight(Parameter other) {
        Parameter before = weight;
        weight = other;
        return before;
    }

    /// Puts another bias in place of the present one, which is given back.
    Parameter replaceBias(Parameter other) {
        Parameter before = bias;
        if (before == null) {
            throw new IllegalStateException(path + " has no bias");
        }
        bias = other;
        return before;
    }

    /// Weight, bias and what an adapter adds.
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>();
        all.add(weight);
        bias().ifPresent(all::add);
        update().ifPresent(u -> {
            all.add(u.lowRank.a());
            all.add(u.lowRank.b());
            u.magnitude.ifPresent(all::add);
        });
        return all;
    }

    /// Runs the layer: `x: (N, I)` to `(N, O)`.
    Value apply(Forward forward, Value x) {
        forward.observer().read(this, x);
        Tape tape = forward.tape();
        Update present = update;
        if (present == null) {
            return Linear.apply(tape, x, weight, bias, layout);
        }
        LowRank lowRank = present.lowRank;
        if (present.magnitude.isEmpty()) {
            Value y = Linear.apply(tape, x, weight, bias, layout);
            return forward.drops()
                    ? LowRankDropout.apply(tape, x, y, lowRank, forward.dropout(path))
                    : lowRank.apply(tape, x, y);
        }
        Parameter magnitude = present.magnitude.get();
        return forward.drops()
                ? dropped(tape, x, forward.dropout(path).apply(tape, x), lowRank, magnitude)
                : withMagnitude(tape, x, lowRank, magnitude, bias);
    }

    private Value withMagnitude(
            Tape tape, Value x, LowRank lowRank, Parameter magnitude, @Nullable Parameter added) {
        Value u = lowRank.apply(tape, x, Linear.apply(tape, x, weight, null, layout));
        Tensor norms = Magnitude.rowNorms(weight, layout, lowRank);
        return Magnitude.apply(tape, u, magnitude, norms, added);
    }

    /// DoRA with dropout as PEFT 0.15 and later compute it, where what DoRA adds reads the dropped
    /// inputs `x̂` throughout, the base's share of it too:
    ///
    /// ```
    /// y = W·x + b + (m/n − 1)∘W·x̂ + (m/n)∘s·B·A·x̂
    ///   = W·(x − x̂) + b + (m/n)∘(W·x̂ + s·B·A·x̂)
    /// ```
    ///
    /// One product with W more than without dropout.
    private Value dropped(Tape tape, Value x, Value dropped, LowRank lowRank, Parameter magnitude) {
        Value updated = withMagnitude(tape, dropped, lowRank, magnitude, null);
        Value lost = ResidualAdd.apply(tape, x, dropped, -1);
        return ResidualAdd.apply(tape, Linear.apply(tape, lost, weight, bias, layout), updated, 1);
    }

    /// Runs several layers that read the same inputs, their low-rank updates together unless each
    /// drops inputs of its own.
    static List<Value> applyAll(Forward forward, Value x, List<Projection> projections) {
        boolean together =
                !forward.drops()
                        && projections.stream()
                                .map(p -> p.update)
                                .allMatch(u -> u != null && u.magnitude.isEmpty());
        if (!together) {
            return projections.stream().map(p -> p.apply(forward, x)).toList();
        }
        projections.forEach(p -> forward.observer().read(p, x));
        Tape tape = forward.tape();
        List<Value> ys =
                projections.stream()
                        .map(p -> Linear.apply(tape, x, p.weight, p.bias, p.layout))
                        .toList();
        List<LowRank> updates =
                projections.stream()
                        .flatMap(p -> p.update().stream())
                        .map(Update::lowRank)
                        .toList();
        return LowRank.applyAll(tape, x, ys, updates);
    }
}
