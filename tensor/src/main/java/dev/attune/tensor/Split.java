package dev.attune.tensor;

import java.util.ArrayList;
import java.util.List;

/// Takes apart a fused projection.
///
/// ```
/// x: (N, G·(a + b + …))  ->  (N, G·a), (N, G·b), …
/// dx = the parts' gradients laid side by side again
/// ```
///
/// One group G takes consecutive columns (`qkv_proj`, `gate_up_proj`, `c_attn`); H groups take a
/// part of every head's columns (GPT-NeoX `query_key_value`).
public final class Split {
    private Split() {}

    /// Cuts each row into its parts.
    ///
    /// @param groups how many times the pattern of widths repeats in a row
    /// @param widths columns of each part in one group
    public static List<Value> apply(Tape tape, Value x, long groups, long... widths) {
        try (var op = tape.begin("split")) {
            long rows = x.data().size(0);
            long columns = x.data().size(1);
            Tensor grouped = x.data().view(rows, groups, columns / groups);
            List<Value> parts = new ArrayList<>();
            long from = 0;
            for (long width : widths) {
                Tensor part = grouped.narrow(2, from, width).reshape(rows, groups * width);
                parts.add(op.keep(part, x.needsGradient()));
                from += width;
            }
            if (op.recording() && x.needsGradient()) {
                op.record(parts, () -> x.accumulate(joined(parts, groups).view(rows, columns)));
            }
            return List.copyOf(parts);
        }
    }

    /// The parts' gradients, `(N, G, a + b + …)`.
    private static Tensor joined(List<Value> parts, long groups) {
        Tensor[] gradients = new Tensor[parts.size()];
        for (int i = 0; i < gradients.length; i++) {
            Tensor part = parts.get(i).gradientOrZeros();
            gradients[i] = part.unflatten(1, groups, part.size(1) / groups);
        }
        return Kernels.cat(2, gradients);
    }
}
