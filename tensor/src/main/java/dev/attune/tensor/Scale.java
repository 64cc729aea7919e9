package dev.attune.tensor;

/// Multiplies by a constant: `y = s·x`, `dx = s·dy`.
public final class Scale {
    private Scale() {}

    /// Multiplies each element.
    ///
    /// @param factor the constant; 1 costs nothing
    public static Value apply(Tape tape, Value x, double factor) {
        if (factor == 1) {
            return x;
        }
        try (var op = tape.begin("scale")) {
            return op.result(
                    x.data().times(factor),
                    x.needsGradient(),
                    dy -> x.accumulate(dy.times(factor)));
        }
    }
}
