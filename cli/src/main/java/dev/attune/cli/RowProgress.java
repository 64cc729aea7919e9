package dev.attune.cli;

import dev.attune.data.Progress;

import picocli.CommandLine.Model.CommandSpec;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/// Shows how far each pass over data is, and how long it will still take, once it takes longer than
/// two seconds: a bar that moves on a terminal, elsewhere a line now and then.
///
/// ```
/// [########............] 41 %  2,051,000 rows checked  11,400/s  04:18 left
/// ```
///
/// Whoever opens it closes it, so that an error begins on a line of its own; Ctrl-C, too, leaves
/// the terminal at the start of a line.
final class RowProgress implements Progress, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration BETWEEN = Duration.ofMillis(500);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
    private static final int BAR = 20;

    private final PrintWriter out;
    private final TerminalProgress.Screen screen;
    private final InstantSource clock;
    private String what = "rows";
    private long total;
    private Instant begun = Instant.MIN;
    private Instant shown = Instant.MIN;
    private boolean isDrawn;
    private boolean isStopped;
    private final Thread stopping = new Thread(this::stop, "leave the line of progress");

    RowProgress(PrintWriter out, TerminalProgress.Screen screen, InstantSource clock) {
        this.out = out;
        this.screen = screen;
        this.clock = clock;
    }

    /// Shows progress where the notes of a command go.
    static RowProgress open(CommandSpec spec) {
        RowProgress progress =
                new RowProgress(
                        spec.commandLine().getErr(), Screens.of(spec), InstantSource.system());
        try {
            Runtime.getRuntime().addShutdownHook(progress.stopping);
        } catch (IllegalStateException e) {
            progress.isStopped = true; // the process is ending: nothing is shown any more
        }
        return progress;
    }

    @Override
    public void begins(String what, long total) {
        clear();
        this.what = what;
        this.total = total;
        begun = clock.instant();
        shown = begun.plus(PATIENCE).minus(between());
    }

    @Override
    public void rows(long done) {
        at(done, 0);
    }

    @Override
    public void at(long done, long ofTotal) {
        if (total > 0 && ofTotal >= total) {
            clear();
            return;
        }
        Instant now = clock.instant();
        if (begun.equals(Instant.MIN)) {
            begins(what, 0);
        }
        if (Duration.between(shown, now).compareTo(between()) < 0) {
            return;
        }
        shown = now;
        draw(line(done, ofTotal, Duration.between(begun, now)));
    }

    private synchronized void draw(String text) {
        if (isStopped) {
            return;
        }
        isDrawn = true;
        if (screen.isTerminal()) {
            out.print("\r" + text.substring(0, Math.min(text.length(), screen.width() - 1)));
            out.print("\u001b[K");
        } else {
            out.println(text);
        }
        out.flush();
    }

    private Duration between() {
        return screen.isTerminal() ? BETWEEN : BETWEEN_LINES;
    }

    /// Takes the bar away, so that what follows begins on a line of its own.
    synchronized void clear() {
        if (isDrawn && screen.isTerminal() && !isStopped) {
            out.print("\r\u001b[K");
            out.flush();
        }
        isDrawn = false;
    }

    /// Ctrl-C: the bar stays, to tell how far the pass was, and nothing is drawn after it.
    synchronized void stop() {
        if (isDrawn && screen.isTerminal()) {
            out.println();
            out.flush();
        }
        isStopped = true;
    }

    @Override
    public void close() {
        clear();
        try {
            Runtime.getRuntime().removeShutdownHook(stopping);
        } catch (IllegalStateException e) {
            stop(); // the process is ending: the hook runs or has run
        }
    }

    private String line(long done, long ofTotal, Duration elapsed) {
        double seconds = Math.max(0.001, elapsed.toMillis() / 1000.0);
        String rate =
                String.format(Locale.ROOT, "%,d %s  %,.0f/s", done, what, (double) done / seconds);
        if (total == 0 || ofTotal == 0) {
            return rate;
        }
        double share = (double) ofTotal / (double) total;
        int filled = (int) (BAR * share);
        String bar =
                screen.isTerminal()
                        ? "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] "
                        : "";
        Duration left = Duration.ofMillis((long) (seconds * 1000 * (1 - share) / share));
        return String.format(
                Locale.ROOT,
                "%s%.0f %%  %s  %s left",
                bar,
                Math.floor(100 * share),
                rate,
                ProgressLine.time(left));
    }
}
