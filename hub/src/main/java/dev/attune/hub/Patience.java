package dev.attune.hub;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// Counts the failures of one request and waits between its attempts. Used by one thread.
final class Patience {
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(10);

    private final Waiting waiting;
    private final PullListener listener;
    private int failures;

    Patience(Waiting waiting, PullListener listener) {
        this.waiting = waiting;
        this.listener = listener;
    }

    /// What is attempted.
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws IOException, InterruptedException;
    }

    /// Attempts until it goes well, or throws what another attempt does not mend.
    <T> T run(Attempt<T> attempt) throws IOException, InterruptedException {
        while (true) {
            try {
                return attempt.run();
            } catch (HubFailure e) {
                after(e);
            }
        }
    }

    /// Begins to count anew: something arrived.
    void progressed() {
        failures = 0;
    }

    /// Waits after a failure.
    ///
    /// @throws HubFailure the same, if it was the last attempt or waiting does not help
    void after(HubFailure failure) throws HubFailure, InterruptedException {
        failures++;
        Optional<Duration> asked = asked(failure.retryAfter());
        boolean tooLong = asked.filter(time -> time.compareTo(LONGEST_ASKED) > 0).isPresent();
        if (!failure.mayPass() || failures >= waiting.attempts() || tooLong) {
            throw failure;
        }
        Duration wait = asked.orElseGet(() -> waiting.after(failures));
        listener.notice(
                "%s; attempt %d of %d in %.1f s"
                        .formatted(
                                failure.getMessage(),
                                failures + 1,
                                waiting.attempts(),
                                wait.toMillis() / 1e3));
        waiting.sleeper().sleep(wait);
    }

    /// The wait that a `Retry-After` header asks for, in seconds or until a date.
    private Optional<Duration> asked(String retryAfter) {
        if (retryAfter.matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(retryAfter)));
        }
        if (retryAfter.isEmpty()) {
            return Optional.empty();
        }
        try {
            Instant until =
                    ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
            Duration time = Duration.between(waiting.clock().instant(), until);
            return Optional.of(time.isNegative() ? Duration.ZERO : time);
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
