package dev.attune.train;

import dev.attune.data.EpochOrder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Which rows are in which step: a function of the step's number alone, so that a run that goes on
/// from step n needs no other state to see the very rows it would have seen.
///
/// An epoch visits each of its rows once, in an order of its own. Its last micro-batch, and its
/// last step, may be smaller than the others. Not thread-safe.
final class StepBatches {
    private final EpochSteps steps;
    private final EpochRows rows;
    private final EpochOrder order;
    private final int rowsPerBatch;
    private final int batchesPerStep;

    /// @param steps which steps are in which epoch
    /// @param rows the rows of each epoch
    /// @param rowsPerBatch per_device_train_batch_size
    /// @param batchesPerStep gradient_accumulation_steps
    StepBatches(
            EpochSteps steps,
            EpochRows rows,
            EpochOrder order,
            int rowsPerBatch,
            int batchesPerStep) {
        if (rowsPerBatch < 1 || batchesPerStep < 1) {
            throw new IllegalArgumentException(rowsPerBatch + " " + batchesPerStep);
        }
        this.steps = steps;
        this.rows = rows;
        this.order = order;
        this.rowsPerBatch = rowsPerBatch;
        this.batchesPerStep = batchesPerStep;
    }

    /// What a step reads.
    ///
    /// @param rows those of its epoch
    /// @param batches the numbers of each micro-batch's rows among them
    record Step(TrainRows rows, List<int[]> batches) {
        /// Copies the list.
        Step {
            batches = List.copyOf(batches);
        }
    }

    /// The rows of each micro-batch of a step, counted from 0 over all epochs.
    Step step(long step) {
        EpochSteps.Place place = steps.place(step);
        TrainRows of = rows.of(place.epoch());
        int[] visit = order.rows(place.epoch(), of.rows());
        long from = place.step() * rowsPerBatch * batchesPerStep;
        List<int[]> batches = new ArrayList<>();
        for (int i = 0; i < batchesPerStep; i++) {
            int start = (int) Math.min(of.rows(), from + (long) i * rowsPerBatch);
            int end = Math.min(of.rows(), start + rowsPerBatch);
            if (start < end) {
                batches.add(Arrays.copyOfRange(visit, start, end));
            }
        }
        return new Step(of, batches);
    }
}
