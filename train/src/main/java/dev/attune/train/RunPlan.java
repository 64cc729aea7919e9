package dev.attune.train;

import dev.attune.data.TokenRows;

/// How a run cuts its data into steps: what the recipe says, and where it leaves that open, numbers
/// that fit the size of the data.
///
/// With `gradient_accumulation_steps` left open, packed rows of little data are shorter than
/// `max_length`, and fewer of them make a step, so that a hundred short rows do not become three
/// moves of the weights. What a packed row holds changes no number of a step's loss.
///
/// @param rowLength tokens of the longest packed row
/// @param accumulation batches for one move of the weights
/// @param stepsPerEpoch moves an epoch
/// @param steps all moves of the run
record RunPlan(int rowLength, int accumulation, long stepsPerEpoch, long steps) {
    private static final int PACKED_ROWS = 32;
    private static final int STEPS_PER_EPOCH = 25;
    private static final int MOST_BATCHES = 8;

    /// How long packed rows are to be.
    static int rowLength(Recipe recipe, int maxLength, TokenRows rows) {
        if (recipe.batches().gradientAccumulationSteps().isPresent()) {
            return maxLength;
        }
        long total = 0;
        int longest = 1;
        for (int row = 0; row < rows.rows(); row++) {
            int length = Math.min(maxLength, rows.length(row));
            total += length;
            longest = Math.max(longest, length);
        }
        return Math.clamp(Math.ceilDiv(total, PACKED_ROWS), longest, maxLength);
    }

    /// The plan for rows that are packed.
    static RunPlan of(Recipe recipe, int rowLength, int rows) {
        Recipe.Batches batches = recipe.batches();
        int atOnce = batches.perDeviceTrainBatchSize();
        int accumulation =
                batches.gradientAccumulationSteps()
                        .orElse(
                                Math.clamp(
                                        rows / ((long) atOnce * STEPS_PER_EPOCH), 1, MOST_BATCHES));
        long perEpoch = Math.ceilDiv((long) rows, (long) atOnce * accumulation);
        long steps =
                batches.maxSteps()
                        .map(Integer::longValue)
                        .orElse((long) Math.ceil(batches.numTrainEpochs() * perEpoch));
        return new RunPlan(rowLength, accumulation, perEpoch, Math.max(1, steps));
    }

    /// The plan for rows of which epochs need not see the same; the steps of an epoch are those of
    /// the first.
    static RunPlan of(Recipe recipe, int rowLength, EpochRows rows) {
        RunPlan plan = of(recipe, rowLength, rows.of(0).rows());
        if (rows.isSteady() || recipe.batches().maxSteps().isPresent()) {
            return plan;
        }
        long steps = plan.epochs(recipe, rows).total(recipe.batches().numTrainEpochs());
        return new RunPlan(rowLength, plan.accumulation, plan.stepsPerEpoch, Math.max(1, steps));
    }

    /// Which steps are in which epoch.
    EpochSteps epochs(Recipe recipe, EpochRows rows) {
        return new EpochSteps(rows, recipe.batches().perDeviceTrainBatchSize() * accumulation);
    }
}
