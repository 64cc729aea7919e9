package dev.attune.tensor;

/// Adds the output of a block to the stream that runs past it.
///
/// ```
/// y = x + s·f                 x, f, y: (N, C)
/// dx += dy      df = s·dy
/// ```
public final class ResidualAdd {
    private ResidualAdd() {}

    /// Adds the branch to the stream.
    ///
    /// @param multiplier `s`, 1 for all families but Granite
    public static Value apply(Tape tape, Value x, Value f, double multiplier) {
        try (var op = tape.begin("residual_add")) {
            Tensor y =
                    multiplier == 1
                            ? x.data().plus(f.data())
                            : x.data().copy().addInPlace(f.data(), multiplier);
            return op.result(
                    y,
                    x.needsGradient() || f.needsGradient(),
                    dy -> {
                        x.accumulate(dy);
                        f.accumulate(multiplier == 1 ? dy : dy.times(multiplier));
                    });
        }
    }
}
