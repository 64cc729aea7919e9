package dev.attune.hub;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Closes a body in which nothing has arrived for too long, so that its reader does not wait for
/// ever: the HTTP client's own time limit ends with the headers.
final class StallGuard implements AutoCloseable {
    private final AtomicLong arrivals = new AtomicLong();
    private final CountDownLatch done = new CountDownLatch(1);

    StallGuard(InputStream body, Duration patience) {
        Thread.ofVirtual().start(() -> watch(body, patience.toNanos()));
    }

    /// Something arrived.
    void arrived() {
        arrivals.incrementAndGet();
    }

    private void watch(InputStream body, long patienceNanos) {
        long seen = -1;
        try {
            while (arrivals.get() != seen) {
                seen = arrivals.get();
                if (done.await(patienceNanos, TimeUnit.NANOSECONDS)) {
                    return;
                }
            }
            body.close();
        } catch (InterruptedException | IOException _) {
            // The reader meets the end of the body either way.
        }
    }

    /// Ends the watch.
    @Override
    public void close() {
        done.countDown();
    }
}
