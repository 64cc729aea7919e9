package dev.attune.generate;

import java.util.Arrays;
import java.util.BitSet;
import java.util.PriorityQueue;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// The tokens that may still be chosen, with their scores, and the filters that remove some.
///
/// Starts with every token whose logit is not −∞, in the order of ids, and keeps that order. Where
/// scores are equal, the lower id counts as the stronger. Sums are taken in double precision.
///
/// Each filter is one pass over what is left; a sort, where one is needed, only sees tokens that
/// could make a difference.
final class Candidates {
    private final int[] ids;
    private final double[] scores;
    private int count;

    /// @param logits one for each token; finite or −∞, not all −∞
    Candidates(float[] logits) {
        ids = new int[logits.length];
        scores = new double[logits.length];
        for (int id = 0; id < logits.length; id++) {
            if (logits[id] > Float.NEGATIVE_INFINITY) {
                ids[count] = id;
                scores[count++] = logits[id];
            }
        }
    }

    /// The tokens left, by id.
    int[] ids() {
        return Arrays.copyOf(ids, count);
    }

    /// Divides the scores of these tokens by `penalty` where positive, multiplies where negative.
    Candidates repetitionPenalty(double penalty, BitSet occurred) {
        if (penalty != 1) {
            for (int i = 0; i < count; i++) {
                if (occurred.get(ids[i])) {
                    scores[i] = scores[i] < 0 ? scores[i] * penalty : scores[i] / penalty;
                }
            }
        }
        return this;
    }

    /// Divides the scores, counted from the best, by `temperature`, which changes no probability
    /// beside that and never overflows upwards.
    Candidates temperature(double temperature) {
        double best = best();
        for (int i = 0; i < count; i++) {
            scores[i] = (scores[i] - best) / temperature;
        }
        return this;
    }

    /// Removes what scores less than the k-th best; all that equal it stay. 0 keeps all.
    Candidates topK(int k) {
        if (k == 0 || k >= count) {
            return this;
        }
        PriorityQueue<Double> best = new PriorityQueue<>(k);
        double threshold = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            if (best.size() < k) {
                best.add(scores[i]);
                threshold = best.element();
            } else if (scores[i] > threshold) {
                best.remove();
                best.add(scores[i]);
                threshold = best.element();
            }
        }
        return keepAtLeast(threshold);
    }

    /// Removes the weakest tokens that together have at most the probability `1 − p`; the strongest
    /// always stays.
    Candidates topP(double p) {
        if (p >= 1) {
            return this;
        }
        double[] weights = weights();
        double total = sum(weights);
        // Tokens below this have at most 1 - p among them all: they go unsorted.
        double negligible = Math.min((1 - p) * total / count, 1);
        boolean[] kept = new boolean[count];
        double before = 0;
        for (int i : strongestFirst(i -> weights[i] >= negligible)) {
            if (before > 0 && before >= p * total) {
                break;
            }
            kept[i] = true;
            before += weights[i];
        }
        int left = 0;
        for (int i = 0; i < kept.length; i++) {
            if (kept[i]) {
                move(i, left++);
            }
        }
        count = left;
        return this;
    }

    /// Removes what is less than `p` times as likely as the likeliest.
    Candidates minP(double p) {
        if (p == 0) {
            return this;
        }
        double[] weights = weights();
        int left = 0;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] >= p) {
                move(i, left++);
            }
        }
        count = left;
        return this;
    }

    /// The token at which the sum of probabilities, in the order of ids, passes `u` of [0, 1).
    int draw(double u) {
        double[] weights = weights();
        double left = u * sum(weights);
        int last = 0;
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0) {
                last = i;
                left -= weights[i];
                if (left < 0) {
                    break;
                }
            }
        }
        return ids[last];
    }

    /// The token with the best score.
    int likeliest() {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return ids[best];
    }

    /// The tokens left, the best first.
    int[] bestFirst() {
        return Arrays.stream(strongestFirst(_ -> true)).map(i -> ids[i]).toArray();
    }

    private Candidates keepAtLeast(double threshold) {
        int left = 0;
        for (int i = 0; i < count; i++) {
            if (scores[i] >= threshold) {
                move(i, left++);
            }
        }
        count = left;
        return this;
    }

    private void move(int from, int to) {
        ids[to] = ids[from];
        scores[to] = scores[from];
    }

    private double best() {
        double best = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            best = Math.max(best, scores[i]);
        }
        return best;
    }

    /// Probabilities, not yet divided by their sum; the best has 1.
    private double[] weights() {
        double best = best();
        double[] weights = new double[count];
        for (int i = 0; i < count; i++) {
            weights[i] = Math.exp(scores[i] - best);
        }
        return weights;
    }

    private static double sum(double[] weights) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        return sum;
    }

    /// The places of some tokens in descending order of their scores as floats.
    ///
    /// A key is a score's bits, turned so that they sort as an integer and the greatest comes
    /// first, above the place: so longs are sorted, not objects.
    private int[] strongestFirst(IntPredicate wanted) {
        return IntStream.range(0, count)
                .filter(wanted)
                .mapToLong(i -> key((float) scores[i], i))
                .sorted()
                .mapToInt(key -> (int) key)
                .toArray();
    }

    private static long key(float score, int place) {
        // Adding zero makes -0 equal to 0.
        int bits = Float.floatToIntBits(score + 0f);
        int ascending = bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
        return ((long) ~ascending << 32) | place;
    }
}
