package dev.attune.export;

/// How far two sets of logits are apart.
///
/// @param relative the root mean square of the differences, as a part of that of the logits
/// @param allowed the most that `relative` may be
/// @param largest the largest single difference
/// @param position of the token in the text at which that is
/// @param token whose logit it is
/// @param expected the logit of the sources
/// @param found the logit of the result
public record LogitDifference(
        double relative,
        double allowed,
        double largest,
        int position,
        int token,
        float expected,
        float found) {
    /// Whether the two are the same up to rounding.
    public boolean isSmall() {
        return relative <= allowed;
    }

    /// Compares row by row; a logit that is no number is farther than any.
    ///
    /// @param vocabSize V, the length of a row
    static LogitDifference of(float[] expected, float[] found, int vocabSize, double allowed) {
        if (expected.length != found.length) {
            throw new IllegalArgumentException(
                    found.length + " logits for " + expected.length + " expected");
        }
        double largest = 0;
        double differences = 0;
        double all = 0;
        int at = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs((double) found[i] - expected[i]);
            if (Double.isNaN(difference)) {
                difference = Double.POSITIVE_INFINITY;
            }
            if (difference > largest) {
                largest = difference;
                at = i;
            }
            differences += difference * difference;
            all += (double) expected[i] * expected[i];
        }
        return new LogitDifference(
                differences == 0 ? 0 : Math.sqrt(differences / all),
                allowed,
                largest,
                at / vocabSize,
                at % vocabSize,
                expected[at],
                found[at]);
    }
}
