package dev.attune.train;

import dev.attune.base.AttuneException;

/// How long the learning rate grows, from `warmup_steps` and `warmup_ratio` as transformers reads
/// them.
public final class Warmup {
    private Warmup() {}

    /// The steps of the warm-up. `warmup_steps` wins over `warmup_ratio`; below 1 it is a share of
    /// the run itself, and a share is rounded up to whole steps.
    ///
    /// @throws AttuneException if one is negative, the ratio above 1, or `warmup_steps` neither
    ///   whole nor below 1
    public static int steps(double warmupSteps, double warmupRatio, int maxSteps) {
        if (!(warmupRatio >= 0 && warmupRatio <= 1)) {
            throw AttuneException.user(
                    "warmup_ratio is " + warmupRatio + ", expected from 0 to 1.");
        }
        boolean isWhole = warmupSteps == Math.rint(warmupSteps);
        if (!(warmupSteps >= 0
                && warmupSteps <= Integer.MAX_VALUE
                && (isWhole || warmupSteps < 1))) {
            throw AttuneException.user(
                            "warmup_steps is "
                                    + warmupSteps
                                    + ", expected a whole number from 0, or a share below 1.")
                    .fix("A share of the run is warmup_ratio.");
        }
        if (warmupSteps >= 1) {
            return (int) warmupSteps;
        }
        double share = warmupSteps > 0 ? warmupSteps : warmupRatio;
        return (int) Math.ceil(maxSteps * share);
    }
}
