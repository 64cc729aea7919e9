package dev.attune.train;

import dev.attune.train.TrainEvent.Mixed;
import dev.attune.train.TrainEvent.Removed;
import dev.attune.train.TrainEvent.Saved;

import java.nio.file.Files;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a run writes down while it goes on: its events, for machines, for TensorBoard and for
/// whoever watches.
///
/// Whoever opens it closes it. Used by the thread that trains.
final class RunRecord implements TrainListener, AutoCloseable {
    private final EventLog log;
    private final TensorBoardLog board;
    private final TrainListener watcher;
    private final Set<TrainEvent> known = new LinkedHashSet<>();

    private RunRecord(EventLog log, TensorBoardLog board, TrainListener watcher) {
        this.log = log;
        this.board = board;
        this.watcher = watcher;
    }

    /// The record of a run that has done some steps, none for a new one.
    static RunRecord open(RunFolder folder, long step, TrainingHost host) {
        EventLog log = EventLog.resume(folder.events(), step, host.clock());
        try {
            String name = String.valueOf(folder.path().getFileName());
            TensorBoardLog board = TensorBoardLog.open(folder.tensorBoard(), name, host.clock());
            RunRecord record = new RunRecord(log, board, host.listener());
            if (Files.exists(folder.events())) {
                EventReader.read(folder.events()).forEach(entry -> record.learn(entry.event()));
            }
            return record;
        } catch (RuntimeException | Error e) {
            log.close();
            throw e;
        }
    }

    /// A checkpoint that was published, or removed, just before the process ended stands in no
    /// line; the process that goes on writes it, and no line twice.
    @Override
    public void hear(TrainEvent event) {
        if (!learn(event)) {
            return;
        }
        log.hear(event);
        board.hear(event);
        watcher.hear(event);
    }

    /// Tells of checkpoints that are gone, whose removal no line tells: the process ended in
    /// between.
    void tellRemoved() {
        List<Saved> gone =
                known.stream()
                        .filter(Saved.class::isInstance)
                        .map(Saved.class::cast)
                        .filter(saved -> !Files.exists(saved.folder()))
                        .toList();
        gone.forEach(saved -> hear(new Removed(saved.step(), saved.folder())));
    }

    private boolean learn(TrainEvent event) {
        return switch (event) {
            case Mixed mixed -> known.add(mixed);
            case Saved saved -> known.add(saved);
            case Removed removed -> known.add(removed);
            default -> true;
        };
    }

    @Override
    public void judging(long rows, long of) {
        watcher.judging(rows, of);
    }

    @Override
    public void force() {
        log.force();
    }

    @Override
    public void close() {
        try (log) {
            board.close();
        }
    }
}
