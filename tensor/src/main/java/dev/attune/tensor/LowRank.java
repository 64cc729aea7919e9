package dev.attune.tensor;

import java.util.ArrayList;
import java.util.List;

/// A trainable update of low rank beside a weight matrix: LoRA, [Hu et al.
/// 2021](https://arxiv.org/abs/2106.09685) eq. 3.
///
/// ```
/// y += s·(x·Aᵀ)·Bᵀ            x: (N, I)   A: (R, I)   B: (O, R)   y: (N, O)
/// u  = s·dy·B                 (N, R): always through the rank, never through (O, I)
/// dA = uᵀ·x      dB = s·dyᵀ·(x·Aᵀ)      dx += u·A
/// ```
///
/// @param a shape `(R, I)`
/// @param b shape `(O, R)`
/// @param scale `lora_alpha / r`, or `lora_alpha / √r` for rsLoRA
public record LowRank(Parameter a, Parameter b, double scale) {
    /// Whether one of the two factors trains.
    public boolean trainable() {
        return a.trainable() || b.trainable();
    }

    /// Adds the update to `y`, in place: `y` must be the fresh output of a [Linear], which does not
    /// read it again.
    ///
    /// @param x the inputs of that layer, `(N, I)`
    /// @param y its outputs, `(N, O)`
    public Value apply(Tape tape, Value x, Value y) {
        return applyAll(tape, x, List.of(y), List.of(this)).getFirst();
    }

    /// Adds the updates of several layers that read the same inputs, each in place as [#apply]
    /// does. Their A are laid one under the other, so that the inputs are read once instead of once
    /// a layer, and likewise on the way back.
    ///
    /// @param x the inputs, `(N, I)`
    /// @param ys the outputs of each layer, `(N, Oᵢ)`
    /// @param updates the update of each
    public static List<Value> applyAll(Tape tape, Value x, List<Value> ys, List<LowRank> updates) {
        try (var op = tape.begin("low_rank")) {
            Tensor in = x.data();
            Tensor a = stacked(updates.stream().map(u -> u.a.data()).toList(), 0);
            Tensor low = in.matmul(a.transposed());
            boolean needs = x.needsGradient() || updates.stream().anyMatch(LowRank::trainable);
            List<Value> outputs = new ArrayList<>();
            long from = 0;
            for (int i = 0; i < ys.size(); i++) {
                LowRank update = updates.get(i);
                Value y = ys.get(i);
                long rank = update.rank();
                Tensor out =
                        y.data()
                                .alias()
                                .addProductInPlace(
                                        low.narrow(1, from, rank),
                                        update.b.data().transposed(),
                                        update.scale);
                outputs.add(op.keep(out, needs || y.needsGradient()));
                from += rank;
            }
            boolean records = outputs.stream().anyMatch(Value::needsGradient);
            if (op.recording() && records) {
                Way way = new Way(x, ys, updates, outputs, in, low, a);
                op.record(outputs, way::back, in, low, a);
            }
            return List.copyOf(outputs);
        }
    }

    private long rank() {
        return a.data().size(0);
    }

    private static Tensor stacked(List<Tensor> parts, int dim) {
        return parts.size() == 1
                ? parts.getFirst()
                : Kernels.cat(dim, parts.toArray(Tensor[]::new));
    }

    /// Everything that the way back reads.
    private record Way(
            Value x,
            List<Value> ys,
            List<LowRank> updates,
            List<Value> outputs,
            Tensor in,
            Tensor low,
            Tensor a) {
        void back() {
            List<Tensor> us = new ArrayList<>();
            long from = 0;
            for (int i = 0; i < outputs.size(); i++) {
                LowRank update = updates.get(i);
                Tensor dy = outputs.get(i).gradientOrZeros();
                us.add(dy.matmul(update.b.data()).multiplyInPlace(update.scale));
                Tensor own = low.narrow(1, from, update.rank());
                update.b.accumulateProduct(dy.transposed(), own, update.scale);
                ys.get(i).accumulate(dy);
                from += update.rank();
            }
            Tensor u = stacked(us, 1);
            if (updates.stream().anyMatch(each -> each.a.trainable())) {
                giveA(u.transposed().matmul(in));
            }
            x.accumulateProduct(u, a, 1);
        }

        private void giveA(Tensor da) {
            long from = 0;
            for (LowRank update : updates) {
                boolean whole = updates.size() == 1;
                Tensor part = da.narrow(0, from, update.rank());
                update.a.accumulate(whole ? da : part.copy());
                from += update.rank();
            }
        }
    }
}
