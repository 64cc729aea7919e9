package dev.attune.train;

import dev.attune.data.EpochOrder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The held-out rows of a run, judged by the loss that trains.
final class Evaluation {
    private final TrainRows rows;
    private final List<int[]> batches = new ArrayList<>();
    private final int chosenRows;

    /// @param most how many rows are judged; none for all. Which ones is drawn once for the run
    /// @param rowsPerBatch rows at a time
    Evaluation(TrainRows rows, Optional<Integer> most, long seed, int rowsPerBatch) {
        this.rows = rows;
        int[] chosen = EpochOrder.inOrder().rows(0, rows.rows());
        if (most.isPresent() && most.get() < rows.rows()) {
            chosen = Arrays.copyOf(EpochOrder.shuffled(seed).rows(0, rows.rows()), most.get());
            Arrays.sort(chosen);
        }
        chosenRows = chosen.length;
        for (int from = 0; from < chosen.length; from += rowsPerBatch) {
            batches.add(
                    Arrays.copyOfRange(chosen, from, Math.min(chosen.length, from + rowsPerBatch)));
        }
    }

    /// The sum of the loss over all tokens to be learned.
    ///
    /// @param listener hears how far it is
    TokenLoss.Sum judge(TokenLoss loss, TrainListener listener) {
        TokenLoss.Sum sum = TokenLoss.Sum.ZERO;
        long done = 0;
        listener.judging(done, chosenRows);
        for (int[] batch : batches) {
            sum = sum.plus(loss.forward(rows.batch(batch)));
            done += batch.length;
            listener.judging(done, chosenRows);
        }
        return sum;
    }
}
