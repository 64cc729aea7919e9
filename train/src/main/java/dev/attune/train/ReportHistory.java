package dev.attune.train;

import dev.attune.train.TrainEvent.Diverged;
import dev.attune.train.TrainEvent.Ended;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Mixed;
import dev.attune.train.TrainEvent.Removed;
import dev.attune.train.TrainEvent.Saved;
import dev.attune.train.TrainEvent.Started;
import dev.attune.train.TrainEvent.Stepped;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The events of a run, sorted by kind.
///
/// @param started how the run began last
/// @param mixed what was drawn from several sources
/// @param steps in order
/// @param evaluations in order
/// @param checkpoints folders that were saved and not removed, by step
/// @param diverged if it did
/// @param ended if it has
/// @param lastTime when the last event was written
record ReportHistory(
        Optional<Started> started,
        Optional<Mixed> mixed,
        List<Stepped> steps,
        List<Evaluated> evaluations,
        TreeMap<Long, Saved> checkpoints,
        Optional<Diverged> diverged,
        Optional<Ended> ended,
        Optional<Instant> lastTime) {

    static ReportHistory of(List<EventEntry> entries) {
        var steps = new ArrayList<Stepped>();
        var evaluations = new ArrayList<Evaluated>();
        var checkpoints = new TreeMap<Long, Saved>();
        Optional<Started> started = Optional.empty();
        Optional<Mixed> mixed = Optional.empty();
        Optional<Diverged> diverged = Optional.empty();
        Optional<Ended> ended = Optional.empty();
        for (EventEntry entry : entries) {
            switch (entry.event()) {
                case Started next -> started = Optional.of(next);
                case Mixed next -> mixed = Optional.of(next);
                case Stepped next -> steps.add(next);
                case Evaluated next -> evaluations.add(next);
                case Saved next -> checkpoints.put(next.step(), next);
                case Removed next -> checkpoints.remove(next.step());
                case Diverged next -> diverged = Optional.of(next);
                case Ended next -> ended = Optional.of(next);
            }
        }
        Optional<Instant> last =
                entries.isEmpty() ? Optional.empty() : Optional.of(entries.getLast().time());
        return new ReportHistory(
                started, mixed, steps, evaluations, checkpoints, diverged, ended, last);
    }

    /// The judgement with the lowest loss, the first of equals.
    Optional<Evaluated> best() {
        return evaluations.stream()
                .filter(evaluated -> Double.isFinite(evaluated.loss()))
                .min(Comparator.comparingDouble(Evaluated::loss));
    }

    long tokens() {
        return steps.stream().mapToLong(Stepped::tokens).sum();
    }

    long trainedTokens() {
        return steps.stream().mapToLong(Stepped::trainedTokens).sum();
    }

    /// The time that steps took, without judging and saving.
    double stepSeconds() {
        return steps.stream().mapToDouble(Stepped::seconds).sum();
    }

    /// The time that judging took.
    double evalSeconds() {
        return evaluations.stream().mapToDouble(Evaluated::seconds).sum();
    }
}
