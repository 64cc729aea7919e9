package dev.attune.cli;

import dev.attune.data.Progress;

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
final class RowProgress implements Progress {
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

    RowProgress(PrintWriter out, TerminalProgress.Screen screen, InstantSource clock) {
        this.out = out;
        this.screen = screen;
        this.clock = clock;
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
        isDrawn = true;
        String text = line(done, ofTotal, Duration.between(begun, now));
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
    private void clear() {
        if (isDrawn && screen.isTerminal()) {
            out.print("\r\u001b[K");
            out.flush();
        }
        isDrawn = false;
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
