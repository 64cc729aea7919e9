package dev.attune.train;

import dev.attune.model.Batch;
import dev.attune.model.Decoder;
import dev.attune.model.Pass;
import dev.attune.model.Regularization;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.TokenLogProbs;
import dev.attune.tensor.Value;

/// The loss of supervised tuning, for training and for judging alike.
///
/// ```
/// L = −(1/N) Σ log p(token)        N: the trained tokens of the whole step, over all micro-batches
/// ```
///
/// so that one step over a batch and several over its parts add up to the same gradient.
final class TokenLoss {
    private final Decoder decoder;
    private final Regularization regularization;
    private final boolean gradientCheckpointing;

    /// A loss without noise, for whose gradient everything is kept.
    TokenLoss(Decoder decoder) {
        this(decoder, Regularization.NONE, false);
    }

    /// @param regularization what is made harder in [#backward]; [#forward] knows nothing of it
    /// @param gradientCheckpointing whether layers run again in backward in place of keeping all
    TokenLoss(Decoder decoder, Regularization regularization, boolean gradientCheckpointing) {
        this.decoder = decoder;
        this.regularization = regularization;
        this.gradientCheckpointing = gradientCheckpointing;
    }

    /// A sum over trained tokens.
    ///
    /// @param loss the sum of −log p
    /// @param tokens how many
    /// @param correct how many of them were the likeliest; 0 where it was not asked for
    record Sum(double loss, long tokens, long correct) {
        static final Sum ZERO = new Sum(0, 0, 0);

        Sum plus(Sum other) {
            return new Sum(loss + other.loss, tokens + other.tokens, correct + other.correct);
        }

        /// The mean over its tokens.
        double mean() {
            return loss / tokens;
        }
    }

    /// Forward and backward: adds the gradient of `Σ −log p / stepTokens` to the parameters.
    ///
    /// @param stepTokens the trained tokens of the whole step
    /// @param noiseSeed what masks and noise start from: the same gives the same gradient, bit by
    ///   bit
    Sum backward(MicroBatch batch, long stepTokens, long noiseSeed) {
        if (batch.trainedTokens() == 0) {
            return Sum.ZERO;
        }
        try (var _ = Scope.open("micro-batch");
                Tape tape = Tape.recording()) {
            Tensor weight =
                    Tensor.full(
                            -1.0 / stepTokens,
                            Dtype.FLOAT32,
                            decoder.device(),
                            batch.trainedTokens());
            Pass pass = new Pass(regularization, noiseSeed, gradientCheckpointing);
            Value hidden = decoder.hidden(tape, input(batch), pass);
            Value logProbs =
                    TokenLogProbs.apply(tape, hidden, decoder.head(pass), labels(batch), weight);
            double sum = sum(logProbs.data());
            tape.backward(logProbs, weight);
            return new Sum(-sum, batch.trainedTokens(), 0);
        }
    }

    /// Forward alone, with the number of tokens that were the likeliest of the vocabulary: those of
    /// the greatest logit, of several equal ones the one with the lowest id.
    Sum forward(MicroBatch batch) {
        if (batch.trainedTokens() == 0) {
            return Sum.ZERO;
        }
        try (var _ = Scope.open("evaluation");
                Tape tape = Tape.off()) {
            Value hidden = decoder.hidden(tape, input(batch));
            TokenLogProbs.Prediction found =
                    TokenLogProbs.predict(hidden.data(), decoder.head(), labels(batch));
            long correct = correct(found.likeliest().longs(), batch.targets());
            return new Sum(-sum(found.logProbs()), batch.trainedTokens(), correct);
        }
    }

    private static long correct(long[] likeliest, int[] targets) {
        long correct = 0;
        for (int i = 0; i < targets.length; i++) {
            correct += likeliest[i] == targets[i] ? 1 : 0;
        }
        return correct;
    }

    private Batch input(MicroBatch batch) {
        return Batch.of(batch.ids(), Documents.ofLengths(batch.lengths()), decoder.device());
    }

    private TokenLogProbs.Labels labels(MicroBatch batch) {
        return new TokenLogProbs.Labels(
                Tensor.indices(batch.rows(), decoder.device()),
                Tensor.indices(batch.targets(), decoder.device()));
    }

    /// In float64, so that the order of micro-batches shows in no digit that is written.
    private static double sum(Tensor logProbs) {
        double sum = 0;
        for (float logProb : logProbs.floats()) {
            sum += logProb;
        }
        return sum;
    }
}
