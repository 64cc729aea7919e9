package dev.attune.tensor;

/// Noise on the vectors of tokens while something is learned: NEFTune, [Jain et al.
/// 2023](https://arxiv.org/abs/2310.05914) algorithm 1.
///
/// ```
/// y = x + α/√(L·C) · ε      ε ∈ [−1, 1), evenly       x, ε: (N, C)     dx = dy
/// ```
///
/// L is the length of the token's own document, so that the noise is as large in a packed row as
/// alone. The noise is a function of the seed and of the shape.
///
/// @param alpha α, `neftune_noise_alpha`; 0 for none
/// @param seed what the noise starts from
public record EmbeddingNoise(double alpha, Seed seed) {
    /// Refuses a strength that is none.
    public EmbeddingNoise {
        if (!(alpha >= 0 && Double.isFinite(alpha))) {
            throw new IllegalArgumentException("noise of " + alpha + ", expected 0 or more");
        }
    }

    /// Adds the noise; on a tape that does not record, when nothing is learned, and at α = 0 the
    /// values stay as they are.
    ///
    /// @param x `(N, C)`
    public Value apply(Tape tape, Value x, Documents documents) {
        if (alpha == 0 || !tape.records()) {
            return x;
        }
        try (var scope = Scope.open("noise");
                Generator generator = seed.generator()) {
            Tensor data = x.data();
            Tensor noise = generator.uniform(-1, 1, Dtype.FLOAT32, data.device(), data.shape());
            noise.multiplyInPlace(magnitudes(documents, data.size(1)).to(data.device()));
            Value noisy = ResidualAdd.apply(tape, x, tape.constant(noise.to(data.dtype())), 1);
            scope.keep(noisy.data());
            return noisy;
        }
    }

    private Tensor magnitudes(Documents documents, long width) {
        float[] magnitudes = new float[documents.tokens()];
        for (int d = 0; d < documents.count(); d++) {
            double magnitude = alpha / Math.sqrt((double) documents.length(d) * width);
            for (int t = documents.start(d); t < documents.end(d); t++) {
                magnitudes[t] = (float) magnitude;
            }
        }
        return Tensor.of(magnitudes, magnitudes.length, 1);
    }
}
