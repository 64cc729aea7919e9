package dev.attune.tensor;

import java.util.Arrays;
import java.util.List;

/// Sends tokens to their experts and brings the results back.
///
/// ```
/// gather:   xₑ = x[rowsₑ]                          dx[rowsₑ] += dxₑ
/// combine:  y[rowsₑ] += w[rowsₑ, slotₑ]·yₑ          dyₑ = w·dy[rowsₑ]    dw = Σ dy[rowsₑ]∘yₑ
/// ```
public final class Experts {
    private Experts() {}

    /// What one expert gave.
    ///
    /// @param output `(n, C)`
    /// @param rows the tokens it was given, int64 `(n)`
    /// @param picks where its weights lie in the `(N·k)` weights of the routing, int64 `(n)`
    public record Share(Value output, Tensor rows, Tensor picks) {}

    /// The tokens of one expert, `(n, C)`.
    public static Value gather(Tape tape, Value x, Tensor rows) {
        try (var op = tape.begin("expert_gather")) {
            return op.result(
                    x.data().rows(rows), x.needsGradient(), dy -> x.accumulateRows(rows, dy), rows);
        }
    }

    /// The weighted sum of what the experts of each token gave.
    ///
    /// @param weights `(N, k)`, see [Router]
    /// @return `(N, C)`
    public static Value combine(Tape tape, Value weights, List<Share> shares) {
        try (var op = tape.begin("expert_combine")) {
            Tensor w = weights.data().view(-1, 1);
            Tensor first = shares.getFirst().output.data();
            Tensor y =
                    Tensor.zeros(
                            first.dtype(), first.device(), weights.data().size(0), first.size(1));
            boolean needs = weights.needsGradient();
            Tensor[] saved = new Tensor[3 * shares.size()];
            for (int i = 0; i < shares.size(); i++) {
                Share share = shares.get(i);
                Tensor out = share.output.data();
                y.addRowsInPlace(share.rows, out.times(w.rows(share.picks)));
                needs |= share.output.needsGradient();
                saved[3 * i] = out;
                saved[3 * i + 1] = share.rows;
                saved[3 * i + 2] = share.picks;
            }
            return op.result(
                    y,
                    needs,
                    dy -> backward(weights, shares, dy),
                    withWeights(saved, weights.data()));
        }
    }

    private static void backward(Value weights, List<Share> shares, Tensor dy) {
        Tensor w = weights.data().view(-1, 1);
        Tensor dw = Tensor.zeros(Dtype.FLOAT32, dy.device(), w.size(0));
        for (Share share : shares) {
            try (var _ = Scope.open("expert")) {
                Tensor dyRows = dy.rows(share.rows);
                Tensor along = dyRows.times(share.output.data()).sum(1, false, Dtype.FLOAT32);
                dw.addRowsInPlace(share.picks, along);
                share.output.accumulate(dyRows.times(w.rows(share.picks)));
            }
        }
        weights.accumulate(dw.to(weights.data().dtype()).view(weights.data().shape()));
    }

    private static Tensor[] withWeights(Tensor[] saved, Tensor weights) {
        Tensor[] all = Arrays.copyOf(saved, saved.length + 1);
        all[saved.length] = weights;
        return all;
    }
}
