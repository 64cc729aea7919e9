package dev.attune.cli;

import dev.attune.data.Progress;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/// Shows how many rows are tokenised, once that takes longer than two seconds.
final class RowProgress implements Progress {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final PrintWriter out;
    private final TerminalProgress.Screen screen;
    private final InstantSource clock;
    private Instant begun = Instant.MIN;
    private Instant shown = Instant.MIN;

    RowProgress(PrintWriter out, TerminalProgress.Screen screen, InstantSource clock) {
        this.out = out;
        this.screen = screen;
        this.clock = clock;
    }

    @Override
    public void rows(long done) {
        Instant now = clock.instant();
        if (begun.equals(Instant.MIN) || done <= 1) {
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
                        Locale.ROOT, "tokenised %,d rows, %,.0f a second", done, done / seconds);
        out.print(screen.isTerminal() ? "\r" + text + "   " : text + "\n");
        out.flush();
    }
}
