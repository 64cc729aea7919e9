package dev.attune.cli;

import dev.attune.train.TrainEvent;
import dev.attune.train.TrainEvent.Diverged;
import dev.attune.train.TrainEvent.Ended;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Mixed;
import dev.attune.train.TrainEvent.Removed;
import dev.attune.train.TrainEvent.Saved;
import dev.attune.train.TrainEvent.Started;
import dev.attune.train.TrainEvent.Stepped;
import dev.attune.train.TrainListener;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/// Shows a person how a run trains.
///
/// ```
/// step 50: held-out loss 1.9, token accuracy 58.0 %, best so far       stays, and scrolls away
/// step 50: saved checkpoint-50
/// [#########..........] 52/500  loss 1.9312  6,548 tokens/s (2,557 trained) ...    rewritten
/// ```
///
/// Where the output is no terminal, lines are only added: one every so many steps. Used by the
/// thread that trains; the writer stays its owner's.
final class TerminalProgress implements TrainListener {
    private static final Duration REDRAW = Duration.ofMillis(100);

    /// What takes no longer is not worth a line.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final PrintWriter out;
    private final Screen screen;
    private final long loggingSteps;
    private final InstantSource clock;
    private ProgressLine line = new ProgressLine(0, 0);
    private Instant begun;
    private Instant drawn = Instant.MIN;
    private Instant judgingSince = Instant.MIN;
    private Instant judgingTold = Instant.MIN;
    private int drawnWidth;

    /// What is written to.
    ///
    /// @param width characters in a line of the terminal
    /// @param isTerminal whether a line can be rewritten
    /// @param hasColor whether it shows colours and nobody has set NO_COLOR
    record Screen(int width, boolean isTerminal, boolean hasColor) {
        /// A log, or a pipe.
        static final Screen PLAIN = new Screen(Integer.MAX_VALUE, false, false);
    }

    /// Progress on a screen.
    ///
    /// @param loggingSteps a line every so many steps, where there is no terminal
    TerminalProgress(PrintWriter out, Screen screen, long loggingSteps, InstantSource clock) {
        this.out = out;
        this.screen = screen;
        this.loggingSteps = loggingSteps;
        this.clock = clock;
        this.begun = clock.instant();
    }

    @Override
    public void hear(TrainEvent event) {
        switch (event) {
            case Started started -> begin(started);
            case Stepped stepped -> step(stepped);
            case Evaluated evaluated -> say(evaluated.step(), text(evaluated));
            case Saved(long step, var folder) -> say(step, "saved " + folder.getFileName());
            case Mixed _, Removed _ -> {}
            case Diverged diverged -> say(diverged.step(), text(diverged));
            case Ended ended -> end(ended);
        }
        out.flush();
    }

    @Override
    public void judging(long rows, long of) {
        Instant now = clock.instant();
        if (rows == 0) {
            judgingSince = now;
            judgingTold = now;
            return;
        }
        Duration taken = Duration.between(judgingSince, now);
        Duration silent = Duration.between(judgingTold, now);
        Duration between = screen.isTerminal() ? REDRAW : BETWEEN_LINES;
        if (taken.compareTo(PATIENCE) < 0 || silent.compareTo(between) < 0 || rows == of) {
            return;
        }
        judgingTold = now;
        Duration left = taken.multipliedBy(of - rows).dividedBy(rows);
        String text =
                String.format(
                        Locale.ROOT,
                        "judging %,d of %,d held-out rows  %s left",
                        rows,
                        of,
                        ProgressLine.time(left));
        if (screen.isTerminal()) {
            String shown = text.substring(0, Math.min(text.length(), usableWidth()));
            out.print("\r" + padded(shown, shown.length()));
            drawnWidth = shown.length();
        } else {
            out.println(text);
        }
        out.flush();
    }

    /// Goes to a line of its own, for what comes after a run that did not end well.
    void leaveLine() {
        if (screen.isTerminal() && drawnWidth > 0) {
            out.print('\n');
            out.flush();
            drawnWidth = 0;
        }
    }

    private void begin(Started started) {
        begun = clock.instant();
        line = new ProgressLine(started.step(), started.steps());
        print(
                String.format(
                        Locale.ROOT,
                        "training %,d of %,d parameters on %,d rows, %,d held out",
                        started.trainableParameters(),
                        started.parameters(),
                        started.trainRows(),
                        started.evalRows()));
        if (started.step() > 0) {
            print("going on after step " + started.step());
        }
        redraw();
    }

    private void step(Stepped stepped) {
        line.add(stepped);
        if (!screen.isTerminal()) {
            if (stepped.step() % loggingSteps == 0) {
                out.println(line.plain(elapsed()));
            }
        } else if (drawn.equals(Instant.MIN)
                || Duration.between(drawn, clock.instant()).compareTo(REDRAW) >= 0) {
            redraw();
        }
    }

    private void end(Ended ended) {
        if (screen.isTerminal()) {
            redraw();
            out.print('\n');
            drawnWidth = 0;
        }
        String how =
                switch (ended.reason()) {
                    case FINISHED -> "finished";
                    case EARLY_STOPPING -> "stopped early, the held-out loss no longer fell,";
                    case DIVERGED -> "stopped, the loss or the gradient was no number,";
                    case STOPPED -> "stopped";
                };
        var text = new StringBuilder(how).append(" after step ").append(ended.step());
        text.append(" in ").append(ProgressLine.time(elapsed()));
        ended.bestLoss()
                .ifPresent(loss ->
                        text.append(String.format(Locale.ROOT, ", best held-out loss %.4f", loss)));
        print(text.toString());
    }

    private static String text(Evaluated evaluated) {
        return String.format(
                Locale.ROOT,
                "held-out loss %.4f, token accuracy %.1f %%%s",
                evaluated.loss(),
                100 * evaluated.tokenAccuracy(),
                evaluated.isBest() ? ", best so far" : "");
    }

    private static String text(Diverged diverged) {
        return "diverged: loss %s, gradient norm %s, rows %s"
                .formatted(
                        diverged.loss(), diverged.gradNorm(), String.join(", ", diverged.rows()));
    }

    /// A line that stays, above the one that is rewritten.
    private void say(long step, String text) {
        print("step " + step + ": " + text);
        redraw();
    }

    private void print(String text) {
        if (!screen.isTerminal()) {
            out.println(text);
            return;
        }
        String shown = text.substring(0, Math.min(text.length(), usableWidth()));
        out.print("\r" + padded(shown, shown.length()) + "\n");
        drawnWidth = 0;
    }

    private void redraw() {
        if (!screen.isTerminal()) {
            return;
        }
        String text = line.fitted(usableWidth(), elapsed(), false);
        String shown = screen.hasColor() ? line.fitted(usableWidth(), elapsed(), true) : text;
        out.print("\r" + padded(shown, text.length()));
        drawnWidth = text.length();
        drawn = clock.instant();
    }

    /// With spaces over what stood there before.
    private String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, drawnWidth - width));
    }

    /// One less than there is: a full last column makes some terminals begin a new line.
    private int usableWidth() {
        return Math.max(1, screen.width() - 1);
    }

    private Duration elapsed() {
        return Duration.between(begun, clock.instant());
    }
}
