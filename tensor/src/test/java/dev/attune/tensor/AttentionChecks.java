package dev.attune.tensor;

import java.util.List;

/// Attention and the shapes its tests share.
final class AttentionChecks {
    static final List<Dtype> TYPES = List.of(Dtype.FLOAT32, Dtype.BFLOAT16);

    /// Scores and probabilities are rounded, dP, dS and what they are multiplied into; the soft cap
    /// adds its argument, its result and its slope. They seldom err all to one side.
    private static final int ROUNDINGS = 6;

    private AttentionChecks() {}

    static AttentionShape shape(int heads, int keyValueHeads, int headDim) {
        return new AttentionShape(heads, keyValueHeads, headDim, 1 / Math.sqrt(headDim), 0, 0);
    }

    static AttentionShape windowed(int window) {
        return new AttentionShape(4, 2, 8, 1 / Math.sqrt(8), 0, window);
    }

    /// A way to compute attention.
    interface Way {
        Value apply(
                Tape tape, Attention.QueryKeyValue qkv, AttentionShape shape, Documents documents);
    }

    /// Checks the two ways of the CPU, whichever this one takes.
    static void check(Dtype dtype, long seed, AttentionShape shape, Documents documents) {
        check(WideAttention::apply, dtype, seed, shape, documents);
        check(Attention::composed, dtype, seed, shape, documents);
    }

    static void check(Way way, Dtype dtype, long seed, AttentionShape shape, Documents documents) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            long tokens = documents.tokens();
            long width = (long) shape.keyValueHeads() * shape.headDim();
            Oracle.Input q = oracle.input(tokens, (long) shape.heads() * shape.headDim());
            Oracle.Input k = oracle.input(tokens, width);
            Oracle.Input v = oracle.input(tokens, width);
            oracle.check(
                    () -> {
                        var qkv = new Attention.QueryKeyValue(q.value(), k.value(), v.value());
                        return way.apply(oracle.tape(), qkv, shape, documents);
                    },
                    () -> Naive.attention(q.exact(), k.exact(), v.exact(), shape, documents));
        }
    }
}
