package dev.attune.tensor;

/// Sets a random share of elements to zero while something is learned, [Srivastava et al.
/// 2014](https://jmlr.org/papers/v15/srivastava14a.html).
///
/// ```
/// y = x ⊙ m / (1 − p)      m ∈ {0, 1}, 1 with probability 1 − p      dx = dy ⊙ m / (1 − p)
/// ```
///
/// The mask is a function of the seed and of the shape, and is kept for the way back in one byte an
/// element.
///
/// @param p the share of elements that become zero, from 0 and below 1
/// @param seed what the mask starts from: one for each place where something is dropped
public record Dropout(double p, Seed seed) {
    /// Refuses a share that leaves nothing.
    public Dropout {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("dropout of " + p + ", expected 0 or more, below 1");
        }
    }

    /// Draws the mask and applies it; on a tape that does not record, when nothing is learned, and
    /// at p = 0 the values stay as they are.
    public Value apply(Tape tape, Value x) {
        if (!drops(tape)) {
            return x;
        }
        try (var op = tape.begin("dropout")) {
            Tensor mask = mask(x.data());
            return op.result(
                    masked(x.data(), mask),
                    x.needsGradient(),
                    dy -> {
                        if (x.needsGradient()) {
                            x.accumulate(masked(dy, mask));
                        }
                    },
                    mask);
        }
    }

    /// Whether anything is dropped on that tape.
    boolean drops(Tape tape) {
        return p > 0 && tape.records();
    }

    /// The mask for a tensor of that shape, in bytes.
    Tensor mask(Tensor like) {
        try (Generator generator = seed.generator()) {
            return generator.bernoulli(1 - p, Dtype.UINT8, like.device(), like.shape());
        }
    }

    /// What the mask leaves of a tensor, scaled up.
    Tensor masked(Tensor data, Tensor mask) {
        return data.times(mask.to(data.dtype())).multiplyInPlace(1 / (1 - p));
    }
}
