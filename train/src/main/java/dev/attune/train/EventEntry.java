package dev.attune.train;

import java.time.Instant;

/// One line of `events.jsonl`: what happened, and when.
///
/// @param time when it was written down, to the millisecond
/// @param event what happened
public record EventEntry(Instant time, TrainEvent event) {}
