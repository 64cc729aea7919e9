package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.format.PendingFile;
import dev.attune.train.TrainEvent.Diverged;
import dev.attune.train.TrainEvent.Ended;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Mixed;
import dev.attune.train.TrainEvent.Removed;
import dev.attune.train.TrainEvent.Saved;
import dev.attune.train.TrainEvent.Started;
import dev.attune.train.TrainEvent.Stepped;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/// Writes what happens to `events.jsonl`, one line an event.
///
/// ```
/// begin  ──▶ started, step 1, ..., step 30, saved 30, step 31, step 3▌   killed here
/// resume from 30
///        ──▶ started, step 1, ..., step 30, saved 30                     cut, renamed into place
///        ──▶                                        , step 31, step 32, ...
/// ```
///
/// The file reads at every moment as a prefix of what happened: a line reaches the file whole, in
/// one write, before [#hear] returns, and a line that a crash tore is recognised by its missing
/// line feed. After a resume it holds the events of a run that was never stopped, with other times.
///
/// Whoever opens it closes it. Used by the thread that trains.
public final class EventLog implements TrainListener, AutoCloseable {
    private final Path file;
    private final EventJson json;
    private final InstantSource clock;
    private final FileChannel channel;
    private @Nullable Started started;

    private EventLog(
            Path file, InstantSource clock, FileChannel channel, @Nullable Started started) {
        this.file = file;
        this.json = new EventJson(home(file));
        this.clock = clock;
        this.channel = channel;
        this.started = started;
    }

    /// The log of a new run.
    ///
    /// @param clock tells the time that stands in each line
    /// @throws AttuneException of kind USER if there is such a file already
    public static EventLog begin(Path file, InstantSource clock) {
        try {
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return new EventLog(file, clock, channel, null);
        } catch (FileAlreadyExistsException e) {
            throw AttuneException.user("There is a run in this folder already.")
                    .at(file)
                    .fix("Resume that run, or choose another folder.")
                    .causedBy(e);
        } catch (IOException e) {
            throw EventFault.writing(file, e);
        }
    }

    /// The log of a run that goes on after `step` steps: what came later, and the end of the
    /// stopped run, is dropped, in a new file that replaces the old one whole.
    ///
    /// @param step the step of the checkpoint that the run goes on from
    /// @throws AttuneException of kind USER with `file:line` if a line is no event
    public static EventLog resume(Path file, long step, InstantSource clock) {
        if (!Files.exists(file)) {
            return begin(file, clock);
        }
        var history = new History(step);
        EventReader.visit(file, history::add);
        try {
            if (history.kept.size() != Files.size(file)) {
                replace(file, history.kept.toByteArray());
            }
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
            return new EventLog(file, clock, channel, history.started);
        } catch (IOException e) {
            throw EventFault.writing(file, e);
        }
    }

    /// Writes the event, unless it only tells once more that the same run begins.
    ///
    /// @throws AttuneException of kind RESOURCES or ENVIRONMENT if it cannot be written
    @Override
    public void hear(TrainEvent event) {
        if (event instanceof Started next) {
            if (started != null && sameRun(started, next)) {
                return;
            }
            started = next;
        }
        var time = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        ByteBuffer line = ByteBuffer.wrap(json.line(new EventEntry(time, event)));
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw EventFault.writing(file, e);
        }
    }

    /// Forces all lines to the disk. To be called before a checkpoint is published, so that even a
    /// power cut leaves no checkpoint whose steps are missing here.
    @Override
    public void force() {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw EventFault.writing(file, e);
        }
    }

    /// Forces all lines to the disk and lets go of the file. Closing again does nothing.
    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try (channel) {
            channel.force(true);
        } catch (IOException e) {
            throw EventFault.writing(file, e);
        }
    }

    /// The folder that the log's paths are relative to.
    static Path home(Path file) {
        Path folder = file.getParent();
        return folder == null ? Path.of("") : folder;
    }

    private static boolean sameRun(Started before, Started now) {
        var again =
                new Started(
                        before.step(),
                        now.steps(),
                        now.trainRows(),
                        now.evalRows(),
                        now.trainableParameters(),
                        now.parameters());
        return before.equals(again);
    }

    private static void replace(Path file, byte[] content) {
        try (var pending = PendingFile.create(file, content.length)) {
            pending.write(0, MemorySegment.ofArray(content));
            pending.seal();
            pending.publish();
        }
    }

    /// What stays of a history when a run goes on from a step: all that happened before the first
    /// event of a later step, without the ends of runs.
    private static final class History {
        private final long step;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private boolean isOver;
        private @Nullable Started started;

        History(long step) {
            this.step = step;
        }

        void add(byte[] line, EventEntry entry) {
            // A run that begins anew judges its base anew.
            boolean base = step == 0 && entry.event() instanceof Evaluated;
            isOver |= base || step(entry.event()) > step;
            if (isOver || entry.event() instanceof Ended) {
                return;
            }
            if (entry.event() instanceof Started begun) {
                started = begun;
            }
            kept.writeBytes(line);
            kept.write('\n');
        }

        private static long step(TrainEvent event) {
            return switch (event) {
                case Started started -> started.step();
                case Mixed mixed -> mixed.step();
                case Stepped stepped -> stepped.step();
                case Evaluated evaluated -> evaluated.step();
                case Saved saved -> saved.step();
                // The step of a removal is that of an old checkpoint, not of the moment.
                case Removed _ -> 0;
                case Diverged diverged -> diverged.step();
                case Ended ended -> ended.step();
            };
        }
    }
}
