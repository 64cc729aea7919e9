package dev.attune.train;

import dev.attune.train.TrainEvent.Diverged;
import dev.attune.train.TrainEvent.Drawn;
import dev.attune.train.TrainEvent.Ended;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Mixed;
import dev.attune.train.TrainEvent.Reason;
import dev.attune.train.TrainEvent.Removed;
import dev.attune.train.TrainEvent.Saved;
import dev.attune.train.TrainEvent.Started;
import dev.attune.train.TrainEvent.Stepped;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Made-up histories of runs.
final class EventSamples {
    static final Instant START = Instant.parse("2026-01-31T09:30:00Z");

    private EventSamples() {}

    static Started started(long step, long steps) {
        return new Started(step, steps, 1200, 60, 2_293_760, 136_000_000);
    }

    static Stepped stepped(long step) {
        return new Stepped(step, step / 10.0, 2.0 / step, 0.5, 1e-4, 2048, 1024, 0.25);
    }

    static Evaluated evaluated(long step) {
        return new Evaluated(step, 1.5, 0.625, 4096, step % 4 == 0, 1.5);
    }

    /// Events of a run from after step `from` to step `to`: judged every second step, saved every
    /// fourth, with one checkpoint kept.
    static List<TrainEvent> steps(Path run, long from, long to) {
        var events = new ArrayList<TrainEvent>();
        for (long step = from + 1; step <= to; step++) {
            events.add(stepped(step));
            if (step % 2 == 0) {
                events.add(evaluated(step));
            }
            if (step % 4 == 0) {
                events.add(new Saved(step, run.resolve("checkpoint-" + step)));
                if (step > 4) {
                    events.add(new Removed(step - 4, run.resolve("checkpoint-" + (step - 4))));
                }
            }
        }
        return events;
    }

    /// A run with every kind of event.
    static List<TrainEvent> everyKind(Path run) {
        var events = new ArrayList<TrainEvent>();
        events.add(started(0, 20));
        events.add(new Mixed(0, List.of(new Drawn("a.jsonl", 0.5, 7, 14))));
        events.addAll(steps(run, 0, 9));
        events.add(
                new Diverged(10, Double.NaN, Double.POSITIVE_INFINITY, List.of("größe.jsonl:7")));
        events.add(ended(run, 9, Reason.DIVERGED));
        return events;
    }

    static Ended ended(Path run, long step, Reason reason) {
        return new Ended(step, reason, OptionalDouble.of(1.5), run.resolve("adapter"));
    }

    static List<TrainEvent> events(List<EventEntry> entries) {
        return entries.stream().map(EventEntry::event).toList();
    }
}
