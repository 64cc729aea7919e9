package dev.attune.export;

import java.util.OptionalDouble;

/// How far a GGUF file is from the model it was made of, on one text.
///
/// @param divergence the mean Kullback-Leibler divergence of the next token, in nats
/// @param sameTokens the share of places at which both prefer the same token
/// @param tuning the divergence between the model and its base, if an adapter was merged
public record GgufCheck(double divergence, double sameTokens, OptionalDouble tuning) {
    /// Whether rounding changes the model more than tuning did.
    public boolean losesTuning() {
        return tuning.isPresent() && divergence >= tuning.getAsDouble();
    }

    /// @param expected the model's logits, row by row
    /// @param found those of the file
    /// @param vocabSize V, the length of a row
    static GgufCheck of(float[] expected, float[] found, int vocabSize) {
        int rows = expected.length / vocabSize;
        int same = 0;
        double divergence = 0;
        for (int row = 0; row < rows; row++) {
            int from = row * vocabSize;
            divergence += divergence(expected, found, from, vocabSize);
            same += best(expected, from, vocabSize) == best(found, from, vocabSize) ? 1 : 0;
        }
        return new GgufCheck(divergence / rows, (double) same / rows, OptionalDouble.empty());
    }

    /// The same, told how far the model is from its base.
    GgufCheck tuned(double fromBase) {
        return new GgufCheck(divergence, sameTokens, OptionalDouble.of(fromBase));
    }

    private static double divergence(float[] p, float[] q, int from, int length) {
        double logP = logSumExp(p, from, length);
        double logQ = logSumExp(q, from, length);
        double sum = 0;
        for (int i = from; i < from + length; i++) {
            double log = p[i] - logP;
            sum += Math.exp(log) * (log - (q[i] - logQ));
        }
        return Math.max(0, sum);
    }

    private static double logSumExp(float[] values, int from, int length) {
        double largest = values[best(values, from, length)];
        double sum = 0;
        for (int i = from; i < from + length; i++) {
            sum += Math.exp(values[i] - largest);
        }
        return largest + Math.log(sum);
    }

    private static int best(float[] values, int from, int length) {
        int best = from;
        for (int i = from; i < from + length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }
}
