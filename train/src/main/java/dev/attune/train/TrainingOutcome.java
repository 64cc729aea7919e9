package dev.attune.train;

import dev.attune.train.TrainEvent.Reason;

import java.util.OptionalDouble;

/// How a run ended.
///
/// @param folder of the run
/// @param step how many steps are done
/// @param steps how many there were to be
/// @param bestLoss the lowest loss on held-out rows, if there were any
public record TrainingOutcome(
        RunFolder folder, long step, long steps, Reason reason, OptionalDouble bestLoss) {}
