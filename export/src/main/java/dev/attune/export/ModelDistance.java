package dev.attune.export;

/// How far one model is from another on some texts.
///
/// @param divergence the mean Kullback-Leibler divergence of the next token, in nats
/// @param sameTokens the share of places at which both prefer the same token
/// @param sameAnswers the share of texts in which they do so at every place: there both give the
///   same answer, if always the likeliest token is taken
public record ModelDistance(double divergence, double sameTokens, double sameAnswers) {

    /// @param expected what the model says
    /// @param found what the other says of the same texts
    static ModelDistance of(ComparedLogits expected, ComparedLogits found) {
        double divergence = 0;
        int same = 0;
        int answers = 0;
        int row = 0;
        for (int text = 0; text < expected.texts(); text++) {
            boolean all = true;
            for (int end = row + expected.places(text); row < end; row++) {
                divergence += divergence(expected, found, row);
                boolean here = expected.likeliest(row) == found.likeliest(row);
                same += here ? 1 : 0;
                all &= here;
            }
            answers += all ? 1 : 0;
        }
        return new ModelDistance(
                divergence / row, (double) same / row, (double) answers / expected.texts());
    }

    private static double divergence(ComparedLogits p, ComparedLogits q, int row) {
        double logP = p.logSumExp(row);
        double logQ = q.logSumExp(row);
        double sum = 0;
        for (int token = 0; token < p.vocabSize(); token++) {
            double log = p.logit(row, token) - logP;
            sum += Math.exp(log) * (log - (q.logit(row, token) - logQ));
        }
        // A difference that is no number must not look like none.
        return sum < 0 ? 0 : sum;
    }
}
