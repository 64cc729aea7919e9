package dev.attune.cli;

import dev.attune.data.Progress;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/// Shows how many rows are done, once that takes longer than two seconds.
final class RowProgress implements Progress {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final PrintWriter out;
    private final TerminalProgress.Screen screen;
    private final InstantSource clock;
    private final String done;
    private Instant begun = Instant.MIN;
    private Instant shown = Instant.MIN;

    /// @param done what has happened to the rows: `tokenised`
    RowProgress(PrintWriter out, TerminalProgress.Screen screen, InstantSource clock, String done) {
        this.out = out;
        this.screen = screen;
        this.clock = clock;
        this.done = done;
    }

    @Override
    public void rows(long rows) {
        Instant now = clock.instant();
        if (begun.equals(Instant.MIN) || rows <= 1) {
            begun = now;
            shown = now.plus(PATIENCE).minus(BETWEEN);
        }
        Duration between = screen.isTerminal() ? BETWEEN : BETWEEN_LINES;
        if (Duration.between(begun, now).compareTo(PATIENCE) < 0
                || Duration.between(shown, now).compareTo(between) < 0) {
            return;
        }
        shown = now;
        double seconds = Duration.between(begun, now).toMillis() / 1000.0;
        String text =
                String.format(
                        Locale.ROOT,
                        "%s %,d rows, %,.0f a second",
                        done,
                        rows,
                        (double) rows / seconds);
        out.print(screen.isTerminal() ? "\r" + text + "   " : text + "\n");
        out.flush();
    }
}
