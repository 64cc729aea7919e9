package dev.attune.generate;

import dev.attune.base.AttuneException;

import java.util.BitSet;
import java.util.SplittableRandom;

/// Chooses the next token of one text from its logits.
///
/// ```
/// logits ─▶ repetition penalty ─┬─▶ temperature ─▶ top-k ─▶ top-p ─▶ min-p ─▶ softmax, draw
///                               └─▶ the likeliest, when greedy
/// ```
///
/// Order and meaning are those of transformers' logits processors: the penalty falls on each token
/// that occurred in the prompt or since, once; each filter judges by the probabilities among what
/// the filters before it left. A draw finds where a random number falls in the sum of probabilities
/// in the order of ids.
///
/// The random numbers are this text's own: the same seed and logits give the same tokens, whatever
/// else is generated beside it. Used from one thread.
public final class Sampler {
    private final SamplingConfig config;
    private final SplittableRandom random;
    private final BitSet occurred = new BitSet();

    /// A sampler for the text that begins with this prompt.
    public Sampler(SamplingConfig config, Iterable<Integer> promptIds) {
        this.config = config;
        this.random = new SplittableRandom(config.seed());
        promptIds.forEach(occurred::set);
    }

    /// Whether the token is just the one with the greatest logit, so that logits need not be given.
    boolean takesGreatestLogit() {
        return config.isGreedy() && config.repetitionPenalty() == 1;
    }

    /// Chooses a token, which counts as having occurred from then on.
    ///
    /// @param logits one for each token of the vocabulary, V; −∞ for a token that must not be
    ///   chosen
    /// @return an id below V
    /// @throws AttuneException if a logit is NaN or +∞, or all are −∞
    public int next(float[] logits) {
        requireUsable(logits);
        Candidates left =
                new Candidates(logits).repetitionPenalty(config.repetitionPenalty(), occurred);
        int id =
                config.isGreedy()
                        ? left.likeliest()
                        : left.temperature(config.temperature())
                                .topK(config.topK())
                                .topP(config.topP())
                                .minP(config.minP())
                                .draw(random.nextDouble());
        occurred.set(id);
        return id;
    }

    private static void requireUsable(float[] logits) {
        float greatest = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            // NaN wins over every number.
            greatest = Math.max(greatest, logit);
        }
        if (!Float.isFinite(greatest)) {
            throw unusable(greatest);
        }
    }

    /// What to say of logits, one of which, or whose logarithmic sum, is no number.
    static AttuneException unusable(double found) {
        return AttuneException.user(
                        "The model's logits are no finite numbers: found " + found + ".")
                .fix(
                        "Its weights may have diverged in training, or overflow in this dtype: try"
                                + " an earlier checkpoint, or bfloat16 or float32.");
    }
}
