package dev.attune.train;

import dev.attune.data.EpochOrder;
import dev.attune.data.Origin;
import dev.attune.train.TrainEvent.Diverged;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Reason;
import dev.attune.train.TrainEvent.Removed;
import dev.attune.train.TrainEvent.Saved;
import dev.attune.train.TrainEvent.Stepped;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The loop: step, judge, save, until all is done or there is a reason to stop.
///
/// ```
/// while steps are left:
///     gradients of the step's batches, clipped; weights moved      Stepped
///     every eval_steps: held-out loss                              Evaluated
///     every save_steps, and at the best: checkpoint                Saved, Removed
/// ```
///
/// What a step does is a function of weights, moments and its number alone. One thread.
final class TrainingLoop {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int MOST_ROWS_NAMED = 100;

    private final TrainingSession session;
    private final Recipe recipe;
    private final RunPlan plan;
    private final TokenLoss loss;
    private final TrainingStep step;
    private final EpochSteps epochs;
    private final StepBatches batches;
    private final LearningRateSchedule schedule;
    private final Optional<Evaluation> evaluation;
    private final Checkpoints checkpoints;
    private final TrainListener listener;
    private TrainerState state;

    /// @param state how far the run is; weights and moments are those after its step
    TrainingLoop(TrainingSession session, TrainListener listener, TrainerState state) {
        this.session = session;
        this.recipe = session.recipe();
        this.plan = session.plan();
        this.loss = session.loss();
        this.step =
                new TrainingStep(
                        loss,
                        session.weights().parameters(),
                        session.optimizer(),
                        recipe.optimizer().maxGradNorm());
        int atOnce = recipe.batches().perDeviceTrainBatchSize();
        EpochRows rows = session.data().epochs();
        this.epochs = plan.epochs(recipe, rows);
        this.batches =
                new StepBatches(
                        epochs,
                        rows,
                        EpochOrder.shuffled(recipe.seed()),
                        atOnce,
                        plan.accumulation());
        this.schedule = session.schedule();
        this.evaluation =
                session.data()
                        .heldOut()
                        .map(held ->
                                new Evaluation(
                                        held,
                                        recipe.intervals().evalRows(),
                                        session.seeds().subset(),
                                        atOnce));
        this.checkpoints = session.checkpoints();
        this.listener = listener;
        this.state = state;
    }

    /// Does all steps that are left.
    ///
    /// @return why it ended
    Reason run() {
        if (state.step() > 0) {
            rotate(); // which the process that saved may not have come to
        }
        if (state.step() == 0) {
            judgeBase();
        }
        while (state.ended().isEmpty() && state.step() < plan.steps()) {
            long next = state.step() + 1;
            if (!advance(next)) {
                return Reason.DIVERGED;
            }
            boolean best = isDue(next, recipe.intervals().evalSteps()) && judge(next);
            boolean stop = session.host().stop().getAsBoolean();
            boolean last = next == plan.steps() || state.ended().isPresent();
            boolean due = isDue(next, recipe.intervals().saveSteps()) || isKept(best);
            if (last || stop || (due && !state.watch().isSuspicious())) {
                save(next);
            }
            if (stop && !last) {
                return Reason.STOPPED;
            }
        }
        return state.ended().orElse(Reason.FINISHED);
    }

    /// How far it is.
    TrainerState state() {
        return state;
    }

    /// One step of the weights.
    ///
    /// @return whether it went well
    boolean advance(long number) {
        long start = System.nanoTime();
        StepBatches.Step rows = batches.step(number - 1);
        List<MicroBatch> inputs = rows.batches().stream().map(rows.rows()::batch).toList();
        double rate = schedule.rate(Math.toIntExact(number - 1));
        TrainingStep.Outcome outcome = step.run(inputs, rate, session.seeds().noise(number));
        if (!outcome.isFinite()) {
            listener.hear(new Diverged(number, outcome.loss(), outcome.gradNorm(), suspects(rows)));
            return false;
        }
        state = state.stepped(outcome.loss(), guess());
        listener.hear(
                new Stepped(
                        number,
                        epochs.done(number),
                        outcome.loss(),
                        outcome.gradNorm(),
                        rate,
                        outcome.tokens(),
                        outcome.trainedTokens(),
                        (System.nanoTime() - start) / NANOS_PER_SECOND));
        if (state.watch().isExploded()) {
            listener.hear(new Diverged(number, outcome.loss(), outcome.gradNorm(), names(rows)));
            return false;
        }
        return true;
    }

    private double guess() {
        return Math.log(session.decoder().config().vocabSize());
    }

    /// Judges the held-out rows before anything has moved, so that it can be seen what tuning is
    /// worth. No checkpoint has this loss, so it is not the best of the run.
    private void judgeBase() {
        evaluation.ifPresent(judged -> {
            Evaluated base = evaluated(0, judged);
            state = state.begun(base);
            listener.hear(base);
        });
    }

    private Evaluated evaluated(long number, Evaluation judged) {
        long start = System.nanoTime();
        TokenLoss.Sum sum = judged.judge(loss, listener);
        return new Evaluated(
                number,
                sum.mean(),
                (double) sum.correct() / sum.tokens(),
                sum.tokens(),
                number > 0 && state.isBest(sum.mean()),
                (System.nanoTime() - start) / NANOS_PER_SECOND);
    }

    /// Judges the held-out rows.
    ///
    /// @return whether the loss is the lowest so far
    private boolean judge(long number) {
        if (evaluation.isEmpty()) {
            return false;
        }
        Evaluated evaluated = evaluated(number, evaluation.get());
        state = state.evaluated(evaluated, recipe.stopping().earlyStoppingThreshold());
        listener.hear(evaluated);
        boolean patient =
                recipe.stopping()
                        .earlyStoppingPatience()
                        .filter(most -> state.worse() >= most)
                        .isEmpty();
        if (!patient && number < plan.steps()) {
            state = state.ended(Reason.EARLY_STOPPING);
        }
        return evaluated.isBest();
    }

    private void save(long number) {
        listener.force();
        Path saved = checkpoints.save(state);
        listener.hear(new Saved(number, saved));
        rotate();
    }

    private void rotate() {
        Optional<Long> best =
                Optional.of(state.bestStep()).filter(_ -> isKept(state.bestLoss().isPresent()));
        checkpoints
                .rotate(recipe.intervals().saveTotalLimit(), best)
                .forEach(gone ->
                        listener.hear(new Removed(gone, session.folder().checkpoint(gone))));
    }

    /// The last step is always judged and saved; without an interval, the last of each epoch.
    private boolean isDue(long number, Optional<Integer> interval) {
        return number == plan.steps()
                || interval.map(steps -> number % steps == 0)
                        .orElseGet(() -> epochs.endsWith(number));
    }

    private boolean isKept(boolean best) {
        return best && recipe.stopping().loadBestModelAtEnd();
    }

    /// The rows of the batches whose loss is no number; of all batches if only a gradient was none.
    private List<String> suspects(StepBatches.Step step) {
        List<int[]> broken =
                step.batches().stream()
                        .filter(batch -> {
                            TokenLoss.Sum sum = loss.forward(step.rows().batch(batch));
                            return !Double.isFinite(sum.loss());
                        })
                        .toList();
        return names(broken.isEmpty() ? step : new StepBatches.Step(step.rows(), broken));
    }

    private static List<String> names(StepBatches.Step step) {
        Set<String> names = new LinkedHashSet<>();
        for (int[] batch : step.batches()) {
            step.rows().origins(batch).stream().map(Origin::toString).forEach(names::add);
        }
        return names.stream().limit(MOST_ROWS_NAMED).toList();
    }
}
