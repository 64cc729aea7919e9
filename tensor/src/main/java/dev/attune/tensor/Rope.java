package dev.attune.tensor;

/// Rotary position embedding, [Su et al. 2021](https://arxiv.org/abs/2104.09864).
///
/// Turns pairs of a head's features by an angle that grows with the position:
///
/// ```
/// y₁ = x₁·cos θ − x₂·sin θ           pairs (i, i + r/2) of the first r features,
/// y₂ = x₂·cos θ + x₁·sin θ           or neighbours (2i, 2i + 1) when interleaved
/// backward: the same with −θ
/// ```
public final class Rope {
    private Rope() {}

    /// The angles of each token of a batch.
    ///
    /// @param cos shape `(N, r/2)`, in the type of the activations
    /// @param sin shape `(N, r/2)`, likewise
    /// @param interleaved whether pairs are neighbours
    public record Angles(Tensor cos, Tensor sin, boolean interleaved) {}

    /// Turns each head of each token.
    ///
    /// @param x heads side by side, `(N, H·D)`
    /// @param headDim D, at least r; features past r pass unchanged
    public static Value apply(Tape tape, Value x, Angles angles, long headDim) {
        try (var op = tape.begin("rope")) {
            return op.result(
                    turned(x.data(), angles, headDim, 1),
                    x.needsGradient(),
                    dy -> x.accumulate(turned(dy, angles, headDim, -1)),
                    angles.cos,
                    angles.sin);
        }
    }

    private static Tensor turned(Tensor x, Angles angles, long headDim, double sign) {
        try (var scope = Scope.open("turned")) {
            long half = angles.cos.size(1);
            Tensor in = x.view(x.size(0), -1, headDim);
            Tensor y = Tensor.empty(x.dtype(), x.device(), in.shape());
            Tensor cos = angles.cos.unsqueeze(1);
            Tensor sin = angles.sin.unsqueeze(1);
            for (int part = 0; part < 2; part++) {
                Tensor own = pairSide(in, half, part, angles.interleaved);
                Tensor other = pairSide(in, half, 1 - part, angles.interleaved);
                Tensor target = pairSide(y, half, part, angles.interleaved);
                Kernels.multiplyInto(target, own, cos);
                target.addProductOfElementsInPlace(other, sin, part == 0 ? -sign : sign);
            }
            long rest = headDim - 2 * half;
            if (rest > 0) {
                y.narrow(2, 2 * half, rest).copyInPlace(in.narrow(2, 2 * half, rest));
            }
            return scope.keep(y.view(x.shape()));
        }
    }

    private static Tensor pairSide(Tensor x, long half, int part, boolean interleaved) {
        return interleaved
                ? x.narrow(2, 0, 2 * half).unflatten(2, half, 2).select(3, part)
                : x.narrow(2, part * half, half);
    }
}
