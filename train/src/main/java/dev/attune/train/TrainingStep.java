package dev.attune.train;

import dev.attune.tensor.GradientNorm;
import dev.attune.tensor.Optimizer;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Seed;

import java.util.List;

/// One step of the optimizer: the gradients of all micro-batches, clipped, then the weights moved.
///
/// ```
/// N ← trained tokens of all micro-batches
/// for each micro-batch: gradient += d(Σ −log p / N)
/// norm ← ‖gradient‖;  if norm > max: gradient *= max / (norm + 1e-6)
/// weights ← rule(weights, gradient, learning rate)
/// ```
///
/// Not for several threads.
final class TrainingStep {
    private final TokenLoss loss;
    private final List<Parameter> parameters;
    private final Optimizer optimizer;
    private final double maxGradNorm;

    /// @param maxGradNorm the norm that gradients are clipped to; 0 for no clipping
    TrainingStep(
            TokenLoss loss, List<Parameter> parameters, Optimizer optimizer, double maxGradNorm) {
        this.loss = loss;
        this.parameters = List.copyOf(parameters);
        this.optimizer = optimizer;
        this.maxGradNorm = maxGradNorm;
    }

    /// What a step showed.
    ///
    /// @param loss the mean over the trained tokens
    /// @param gradNorm the norm of the gradient before it was clipped
    /// @param tokens all tokens that went through the model
    /// @param trainedTokens those that were predicted
    record Outcome(double loss, double gradNorm, long tokens, long trainedTokens) {
        /// Whether the step can be trusted: a NaN or an infinity has reached no weight yet.
        boolean isFinite() {
            return Double.isFinite(loss) && Double.isFinite(gradNorm);
        }
    }

    /// Computes the gradients and, if they are finite, moves the weights.
    ///
    /// Micro-batch i draws its masks and noise from `new Seed(stepSeed).with(i)`, the number i + 1
    /// that SplitMix64 gives from the step's seed, and nothing else: a step is repeated by its
    /// seed.
    ///
    /// @param stepSeed another number for each step
    /// @throws IllegalArgumentException if there is nothing to be learned
    Outcome run(List<MicroBatch> microBatches, double learningRate, long stepSeed) {
        long trained = microBatches.stream().mapToLong(MicroBatch::trainedTokens).sum();
        long tokens = microBatches.stream().mapToLong(MicroBatch::tokens).sum();
        if (trained == 0) {
            throw new IllegalArgumentException("a step of no trained token");
        }
        TokenLoss.Sum sum = TokenLoss.Sum.ZERO;
        Seed seed = new Seed(stepSeed);
        for (int i = 0; i < microBatches.size(); i++) {
            sum = sum.plus(loss.backward(microBatches.get(i), trained, seed.with(i).value()));
        }
        double norm =
                maxGradNorm > 0
                        ? GradientNorm.clip(parameters, maxGradNorm)
                        : GradientNorm.of(parameters);
        Outcome outcome = new Outcome(sum.mean(), norm, tokens, trained);
        if (outcome.isFinite()) {
            optimizer.step(learningRate);
        }
        optimizer.zeroGrad();
        return outcome;
    }
}
