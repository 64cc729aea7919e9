package dev.attune.tensor;

/// Sets random elements to zero while training, [Srivastava et al.
/// 2014](https://jmlr.org/papers/v15/srivastava14a.html).
///
/// ```
/// y = x ⊙ m / (1 − p)      m ∈ {0, 1}, 1 with probability 1 − p      dx = dy ⊙ m / (1 − p)
/// ```
///
/// The mask is kept for the way back in one byte an element.
///
/// @param p the share of elements that become zero, from 0 and below 1
/// @param generator what draws the mask; the caller closes it
public record Dropout(double p, Generator generator) {
    /// Refuses a share that leaves nothing.
    public Dropout {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("dropout of " + p + ", expected 0 or more, below 1");
        }
    }

    /// Draws a mask and applies it; on a tape that does not record, when nothing is learned, and at
    /// p = 0 the values stay as they are.
    public Value apply(Tape tape, Value x) {
        if (p == 0) {
            return x;
        }
        try (var op = tape.begin("dropout")) {
            if (!op.recording()) {
                return x;
            }
            Tensor data = x.data();
            Tensor mask = generator.bernoulli(1 - p, Dtype.UINT8, data.device(), data.shape());
            return op.result(
                    masked(data, mask),
                    x.needsGradient(),
                    dy -> x.accumulate(masked(dy, mask)),
                    mask);
        }
    }

    private Tensor masked(Tensor data, Tensor mask) {
        return data.times(mask.to(data.dtype())).multiplyInPlace(1 / (1 - p));
    }
}
