package dev.attune.tensor;

/// Looks up a row of a table for each id.
///
/// ```
/// y = E[ids]                  ids: (N)   E: (V, C)   y: (N, C)
/// dE[ids] += dy
/// ```
public final class Embedding {
    private Embedding() {}

    /// Looks up the rows.
    ///
    /// @param ids int64, shape `(N)`, each below V
    public static Value apply(Tape tape, Parameter table, Tensor ids) {
        try (var op = tape.begin("embedding")) {
            return op.result(
                    table.data().rows(ids),
                    table.trainable(),
                    dy -> table.accumulateRows(ids, dy),
                    ids);
        }
    }

    /// Adds a low-rank update of the table: `y += s·A[:, ids]ᵀ·Bᵀ`, with `A: (R, V)` and `B: (C,
    /// R)`.
    public static Value applyLowRank(Tape tape, Value y, LowRank lowRank, Tensor ids) {
        try (var op = tape.begin("embedding_low_rank")) {
            Parameter a = lowRank.a();
            Parameter b = lowRank.b();
            Tensor low = a.data().transposed().rows(ids);
            Tensor out = y.data().plusProduct(low, b.data().transposed(), 1, lowRank.scale());
            return op.result(
                    out,
                    y.needsGradient() || lowRank.trainable(),
                    dy -> {
                        b.accumulateProduct(dy.transposed(), low, lowRank.scale());
                        if (a.trainable()) {
                            Tensor u = dy.matmul(b.data()).multiplyInPlace(lowRank.scale());
                            Tensor da =
                                    Tensor.zeros(
                                            u.dtype(), u.device(), a.data().size(1), u.size(1));
                            a.accumulate(da.addRowsInPlace(ids, u).transposed().contiguous());
                        }
                        y.accumulate(dy);
                    },
                    low,
                    ids);
        }
    }
}
