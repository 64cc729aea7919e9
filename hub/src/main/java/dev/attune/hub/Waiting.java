package dev.attune.hub;

import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// How long is waited, and by what: values, so that a test waits for nothing.
///
/// @param attempts how often one request is tried while nothing arrives
/// @param first the wait after the first failure; each further one doubles it
/// @param longest no wait is longer, but for one that the hub itself asks for
/// @param patience how long the hub may stay silent before a connection counts as cut
/// @param clock reads the dates that the hub asks to wait until
/// @param random shortens each wait by up to a half, so that many clients do not come back at once
/// @param sleeper waits
public record Waiting(
        int attempts,
        Duration first,
        Duration longest,
        Duration patience,
        InstantSource clock,
        RandomGenerator random,
        Sleeper sleeper) {
    /// Waits.
    @FunctionalInterface
    public interface Sleeper {
        /// Waits for so long.
        ///
        /// @throws InterruptedException if the thread was interrupted
        void sleep(Duration time) throws InterruptedException;
    }

    /// Six attempts, waiting 1, 2, 4, 8 and 16 seconds between them, on the real clock.
    public static Waiting usual() {
        return new Waiting(
                6,
                Duration.ofSeconds(1),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                InstantSource.system(),
                RandomGenerator.getDefault(),
                Thread::sleep);
    }

    /// The wait after so many failures in a row, the first being 1.
    Duration after(int failures) {
        long doubled = first.toMillis() << Math.min(failures - 1, 20);
        long most = Math.min(doubled, longest.toMillis());
        return Duration.ofMillis(most / 2 + (long) (random.nextDouble() * (most - most / 2)));
    }
}
