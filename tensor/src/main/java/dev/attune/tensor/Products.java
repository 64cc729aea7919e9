package dev.attune.tensor;

import org.jspecify.annotations.Nullable;

/// Products of activations and weights, in the type that this machine multiplies fast.
///
/// Where bfloat16 products are slow, large ones are made in float32 and rounded once, as the slow
/// kernel does: the operands have their bfloat16 numbers either way.
///
/// ```
/// b (I, O)   ▒▒▒▒▏▒▒▒▒▏▒▒     widened portion by portion, so that a large weight is never held twice
/// ```
final class Products {
    /// With fewer rows, columns or summands a product costs less than turning its operands.
    static final int FEWEST = 128;

    /// Elements of `b` that are held in float32 at a time.
    private static final long PORTION = 1L << 22;

    private Products() {}

    /// `a·b`, plus the bias in each row if there is one.
    ///
    /// @param a `(N, I)`
    /// @param b `(I, O)`
    /// @param bias `(O)`, or null
    static Tensor of(Tensor a, Tensor b, @Nullable Tensor bias) {
        if (widens(a, b, Cpu.here())) {
            return wide(a, b, bias, PORTION);
        }
        return bias == null ? a.matmul(b) : bias.plusProduct(a, b, 1, 1);
    }

    /// `x + alpha·a·b`, a new matrix.
    static Tensor plus(Tensor x, Tensor a, Tensor b, double alpha) {
        return widens(a, b, Cpu.here())
                ? addWide(x.copy(), a, b, alpha, PORTION)
                : x.plusProduct(a, b, 1, alpha);
    }

    /// Adds `alpha·a·b` to `x`.
    static Tensor addTo(Tensor x, Tensor a, Tensor b, double alpha) {
        return widens(a, b, Cpu.here())
                ? addWide(x, a, b, alpha, PORTION)
                : x.addProductInPlace(a, b, alpha);
    }

    static boolean widens(Tensor a, Tensor b, Cpu cpu) {
        return !a.device().isCuda()
                && cpu.multipliesFasterInFloat32(a.dtype())
                && a.size(0) >= FEWEST
                && a.size(1) >= FEWEST
                && b.size(1) >= FEWEST;
    }

    static Tensor wide(Tensor a, Tensor b, @Nullable Tensor bias, long portion) {
        Tensor out = Tensor.empty(a.dtype(), a.device(), a.size(0), b.size(1));
        eachPortion(
                a,
                b,
                portion,
                (from, y) -> {
                    if (bias != null) {
                        y.addInPlace(bias.narrow(0, from, y.size(1)));
                    }
                    out.narrow(1, from, y.size(1)).copyInPlace(y);
                });
        return out;
    }

    static Tensor addWide(Tensor x, Tensor a, Tensor b, double alpha, long portion) {
        eachPortion(a, b, portion, (from, y) -> x.narrow(1, from, y.size(1)).addInPlace(y, alpha));
        return x;
    }

    /// Takes some columns of a product, in float32.
    private interface Columns {
        void take(long from, Tensor y);
    }

    private static void eachPortion(Tensor a, Tensor b, long portion, Columns columns) {
        long step = Math.clamp(portion / a.size(1), 1, b.size(1));
        try (var _ = Scope.open("wide product")) {
            Tensor left = a.to(Dtype.FLOAT32);
            for (long from = 0; from < b.size(1); from += step) {
                try (var _ = Scope.open("portion")) {
                    long width = Math.min(step, b.size(1) - from);
                    Tensor right = b.narrow(1, from, width).to(Dtype.FLOAT32);
                    columns.take(from, left.matmul(right));
                }
            }
        }
    }
}
