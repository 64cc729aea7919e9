package dev.attune.model;

import dev.attune.model.DecoderConfig.Heads;
import dev.attune.tensor.Attention;
import dev.attune.tensor.AttentionShape;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Rope;
import dev.attune.tensor.Split;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Value;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Attention with its projections: queries, keys and values, their norms and their turning.
final class AttentionBlock {
    private final Heads heads;
    private final AttentionShape shape;
    private final List<Projection> inputs;
    private final Optional<Norm> qNorm;
    private final Optional<Norm> kNorm;
    private final Projection output;

    AttentionBlock(
            Heads heads,
            AttentionShape shape,
            List<Projection> inputs,
            List<Norm> qkNorms,
            Projection output) {
        this.heads = heads;
        this.shape = shape;
        this.inputs = inputs;
        this.qNorm = qkNorms.stream().findFirst();
        this.kNorm = qkNorms.stream().skip(1).findFirst();
        this.output = output;
    }

    AttentionShape shape() {
        return shape;
    }

    /// Queries, keys and values of each token, normalised, not turned yet.
    Attention.QueryKeyValue project(Forward forward, Value x) {
        Tape tape = forward.tape();
        long dim = heads.headDim();
        long q = heads.numAttentionHeads();
        long k = heads.numKeyValueHeads();
        List<Value> parts =
                switch (heads.projection()) {
                    case SEPARATE -> Projection.applyAll(forward, x, inputs);
                    case FUSED ->
                            Split.apply(
                                    tape,
                                    inputs.getFirst().apply(forward, x),
                                    1,
                                    q * dim,
                                    k * dim,
                                    k * dim);
                    case FUSED_BY_HEAD ->
                            Split.apply(
                                    tape, inputs.getFirst().apply(forward, x), q, dim, dim, dim);
                };
        return new Attention.QueryKeyValue(
                normed(tape, qNorm, parts.get(0)), normed(tape, kNorm, parts.get(1)), parts.get(2));
    }

    private static Value normed(Tape tape, Optional<Norm> norm, Value x) {
        return norm.isEmpty() ? x : norm.get().apply(tape, x);
    }

    /// Queries and keys turned, where the model turns them.
    Attention.QueryKeyValue turn(
            Tape tape, Attention.QueryKeyValue qkv, Optional<Rope.Angles> angles) {
        return angles.isEmpty()
                ? qkv
                : new Attention.QueryKeyValue(
                        Rope.apply(tape, qkv.q(), angles.get(), heads.headDim()),
                        Rope.apply(tape, qkv.k(), angles.get(), heads.headDim()),
                        qkv.v());
    }

    /// Whole texts: `x: (N, C)` to `(N, C)`.
    Value apply(Forward forward, Value x, Optional<Rope.Angles> angles, Documents documents) {
        Attention.QueryKeyValue qkv = turn(forward.tape(), project(forward, x), angles);
        return output.apply(forward, Attention.apply(forward.tape(), qkv, shape, documents));
    }

    /// The last step: heads side by side `(N, H·D)` to `(N, C)`.
    Value out(Forward forward, Value attended) {
        return output.apply(forward, attended);
    }

    List<Projection> projections() {
        List<Projection> all = new ArrayList<>(inputs);
        all.add(output);
        return all;
    }

    Stream<Norm> norms() {
        return Stream.concat(qNorm.stream(), kNorm.stream());
    }
}
