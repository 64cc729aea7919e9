package dev.attune.train;

import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Reason;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// How far a run is, beside its weights and moments. Immutable.
///
/// @param step how many steps are done
/// @param bestLoss the lowest loss on held-out rows
/// @param bestStep after which step it was
/// @param worse how many evaluations in a row have brought no better loss
/// @param watch of the training loss
/// @param evaluations all so far
/// @param ended why the run does no more steps, if so
record TrainerState(
        long step,
        OptionalDouble bestLoss,
        long bestStep,
        int worse,
        LossWatch watch,
        List<Evaluated> evaluations,
        Optional<Reason> ended) {
    /// Before the first step.
    static final TrainerState NEW =
            new TrainerState(
                    0, OptionalDouble.empty(), 0, 0, LossWatch.NEW, List.of(), Optional.empty());

    /// Copies the list.
    TrainerState {
        evaluations = List.copyOf(evaluations);
    }

    /// After one step more.
    ///
    /// @param guess the loss of guessing
    TrainerState stepped(double loss, double guess) {
        return new TrainerState(
                step + 1, bestLoss, bestStep, worse, watch.next(loss, guess), evaluations, ended);
    }

    /// With an evaluation of what the run began with.
    TrainerState begun(Evaluated evaluation) {
        return new TrainerState(step, bestLoss, bestStep, worse, watch, List.of(evaluation), ended);
    }

    /// Whether a loss is the lowest so far.
    boolean isBest(double loss) {
        return bestLoss.isEmpty() || loss < bestLoss.getAsDouble();
    }

    /// After an evaluation, counted as transformers' early stopping does: better means lower by
    /// more than `threshold` than the best so far, and the best is the lowest whatever the
    /// threshold.
    TrainerState evaluated(Evaluated evaluation, double threshold) {
        List<Evaluated> all = new ArrayList<>(evaluations);
        all.add(evaluation);
        boolean better =
                bestLoss.isEmpty() || bestLoss.getAsDouble() - evaluation.loss() > threshold;
        boolean best = isBest(evaluation.loss());
        return new TrainerState(
                step,
                best ? OptionalDouble.of(evaluation.loss()) : bestLoss,
                best ? step : bestStep,
                better ? 0 : worse + 1,
                watch,
                all,
                ended);
    }

    /// The same, with no more steps to come.
    TrainerState ended(Reason reason) {
        return new TrainerState(
                step, bestLoss, bestStep, worse, watch, evaluations, Optional.of(reason));
    }
}
