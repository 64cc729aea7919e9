package dev.attune.cli;

import dev.attune.hub.PullListener;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/// Shows how far a download is: a bar that moves on a terminal, elsewhere a line at the start of
/// each file and one at its end. Used by the thread that downloads.
final class PullProgress implements PullListener {
    private static final long REDRAW_NANOS = 200_000_000;
    private static final int BAR = 24;

    private final PrintWriter err;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private String file = "";
    private long startNanos;
    private long startBytes;
    private long drawnNanos;

    /// @param err where it is shown
    /// @param terminal whether a line can be drawn over
    /// @param nanoTime the time, for what is left of it
    PullProgress(PrintWriter err, boolean terminal, LongSupplier nanoTime) {
        this.err = err;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
    }

    @Override
    public void progress(String path, long doneBytes, long totalBytes) {
        long now = nanoTime.getAsLong();
        boolean begins = !path.equals(file);
        boolean ends = doneBytes == totalBytes;
        if (begins) {
            file = path;
            startNanos = now;
            startBytes = doneBytes;
        }
        if (terminal && (begins || ends || now - drawnNanos > REDRAW_NANOS)) {
            drawnNanos = now;
            err.print("\r" + bar(doneBytes, totalBytes, now) + "\u001b[K" + (ends ? "\n" : ""));
        } else if (!terminal && begins && !ends) {
            String from = doneBytes == 0 ? "" : ", continued at " + megabytes(doneBytes);
            err.println(path + "  " + megabytes(totalBytes) + from);
        } else if (!terminal && ends) {
            err.println(path + "  done");
        }
        err.flush();
        if (ends) {
            file = "";
        }
    }

    @Override
    public void notice(String text) {
        err.println((terminal ? "\r\u001b[K" : "") + text);
        err.flush();
    }

    private String bar(long done, long total, long now) {
        int filled = total == 0 ? BAR : (int) (BAR * (double) done / total);
        return "%s  [%s%s]  %s of %s%s"
                .formatted(
                        file,
                        "=".repeat(filled),
                        " ".repeat(BAR - filled),
                        megabytes(done),
                        megabytes(total),
                        left(done, total, now));
    }

    /// The time left at the rate so far.
    private String left(long done, long total, long now) {
        long arrived = done - startBytes;
        if (arrived <= 0 || done == total) {
            return "";
        }
        double seconds = (now - startNanos) / 1e9 * (total - done) / arrived;
        long whole = (long) Math.ceil(seconds);
        return String.format(Locale.ROOT, ", %d:%02d left", whole / 60, whole % 60);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
