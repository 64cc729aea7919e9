package dev.attune.train;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/// What happens while a run trains, for whoever listens: the console, `events.jsonl`, TensorBoard,
/// the report.
///
/// Steps count from 1: step n is the n-th move of the weights.
public sealed interface TrainEvent {
    /// The run begins, or goes on.
    ///
    /// @param step the steps that are done already
    /// @param steps all steps of the run
    /// @param trainRows rows of the data that are trained on
    /// @param evalRows rows that are held out
    /// @param trainableParameters how many numbers train
    /// @param parameters how many the model has
    record Started(
            long step,
            long steps,
            long trainRows,
            long evalRows,
            long trainableParameters,
            long parameters)
            implements TrainEvent {}

    /// What is drawn from several sources, or from weighed ones.
    ///
    /// @param step the steps that are done already
    record Mixed(long step, List<Drawn> sources) implements TrainEvent {
        /// Copies the sources.
        public Mixed {
            sources = List.copyOf(sources);
        }
    }

    /// What is drawn from one source.
    ///
    /// @param source its path
    /// @param weight how often each of its rows is seen in an epoch
    /// @param rows how many of its rows are trained on
    /// @param seen how many rows of it the run sees, those seen again counted again
    record Drawn(String source, double weight, long rows, long seen) {}

    /// The weights have moved.
    ///
    /// @param step which move it was
    /// @param epoch how many epochs are done, in parts
    /// @param loss the mean over the trained tokens of the step
    /// @param gradNorm before clipping
    /// @param learningRate of this step
    /// @param tokens all tokens of the step
    /// @param trainedTokens those that were predicted
    /// @param seconds how long the step took
    record Stepped(
            long step,
            double epoch,
            double loss,
            double gradNorm,
            double learningRate,
            long tokens,
            long trainedTokens,
            double seconds)
            implements TrainEvent {}

    /// The held-out rows were judged.
    ///
    /// @param step after which step
    /// @param loss the mean over their trained tokens
    /// @param tokenAccuracy the share of them that the model held likeliest
    /// @param trainedTokens how many there are
    /// @param isBest whether no earlier loss was as low
    /// @param seconds how long it took
    record Evaluated(
            long step,
            double loss,
            double tokenAccuracy,
            long trainedTokens,
            boolean isBest,
            double seconds)
            implements TrainEvent {}

    /// A checkpoint is complete.
    record Saved(long step, Path folder) implements TrainEvent {}

    /// A checkpoint was removed to keep to `save_total_limit`.
    record Removed(long step, Path folder) implements TrainEvent {}

    /// The loss or the gradient was no number, so nothing was moved and the run has stopped.
    ///
    /// @param rows the places of the rows of that step
    record Diverged(long step, double loss, double gradNorm, List<String> rows)
            implements TrainEvent {
        /// Copies the rows.
        public Diverged {
            rows = List.copyOf(rows);
        }
    }

    /// The run has ended.
    ///
    /// @param step how many steps were done
    /// @param reason why: all steps, early stopping, divergence, a person's wish
    /// @param bestLoss the lowest loss on held-out rows, if there were any
    /// @param result the folder of what was trained
    record Ended(long step, Reason reason, OptionalDouble bestLoss, Path result)
            implements TrainEvent {}

    /// Why a run ends.
    enum Reason {
        /// It did all its steps.
        FINISHED,
        /// The held-out loss stopped falling.
        EARLY_STOPPING,
        /// The loss or the gradient was no number.
        DIVERGED,
        /// Somebody stopped it.
        STOPPED
    }
}
