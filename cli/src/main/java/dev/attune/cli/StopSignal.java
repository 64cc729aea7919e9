package dev.attune.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ctrl-C, as a wish that a run ends after the step it is in and saves what it has.
///
/// The process waits so long for the run, up to a minute. A second Ctrl-C ends it at once, as any
/// kill does: the last checkpoint stays.
final class StopSignal implements AutoCloseable {
    private static final long MOST_SECONDS = 60;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::raise, "stop");
    private volatile boolean raised;

    private StopSignal() {}

    /// Listens for the end of the process.
    static StopSignal install() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    /// Whether the process is asked to end.
    boolean isRaised() {
        return raised;
    }

    private void raise() {
        raised = true;
        try {
            boolean _ = done.await(MOST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The run has ended.
    @Override
    public void close() {
        done.countDown();
        if (!raised) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process is ending, and the hook has run.
                raised = true;
            }
        }
    }
}
