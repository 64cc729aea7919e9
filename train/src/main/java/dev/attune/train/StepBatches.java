package dev.attune.train;

import dev.attune.data.EpochOrder;

import java.util.ArrayList;
import java.util.List;

/// Which rows are in which step: a function of the step's number alone, so that a run that goes on
/// from step n needs no other state to see the very rows it would have seen.
///
/// An epoch visits every row once, in an order of its own. Its last micro-batch, and its last step,
/// may be smaller than the others. Immutable.
final class StepBatches {
    private final int rows;
    private final EpochOrder order;
    private final int rowsPerBatch;
    private final int batchesPerStep;

    /// @param rows how many rows an epoch has
    /// @param rowsPerBatch per_device_train_batch_size
    /// @param batchesPerStep gradient_accumulation_steps
    StepBatches(int rows, EpochOrder order, int rowsPerBatch, int batchesPerStep) {
        if (rows < 1 || rowsPerBatch < 1 || batchesPerStep < 1) {
            throw new IllegalArgumentException(rows + " " + rowsPerBatch + " " + batchesPerStep);
        }
        this.rows = rows;
        this.order = order;
        this.rowsPerBatch = rowsPerBatch;
        this.batchesPerStep = batchesPerStep;
    }

    /// How many steps an epoch takes.
    long stepsPerEpoch() {
        return Math.ceilDiv((long) rows, (long) rowsPerBatch * batchesPerStep);
    }

    /// The rows of each micro-batch of a step, counted from 0 over all epochs.
    List<int[]> step(long step) {
        int[] visit = order.rows(step / stepsPerEpoch(), rows);
        long from = step % stepsPerEpoch() * rowsPerBatch * batchesPerStep;
        List<int[]> batches = new ArrayList<>();
        for (int i = 0; i < batchesPerStep; i++) {
            int start = (int) Math.min(rows, from + (long) i * rowsPerBatch);
            int end = Math.min(rows, start + rowsPerBatch);
            if (start < end) {
                batches.add(java.util.Arrays.copyOfRange(visit, start, end));
            }
        }
        return batches;
    }
}
