package dev.attune.hub;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.base.AttuneException;
import dev.attune.testkit.PlayedHub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// Settings that wait for nothing, and what the tests of downloads share.
final class HubTests {
    private HubTests() {}

    static HubSettings settings(Path cache, PlayedHub played, Watch watch) {
        return settings(cache, played, waiting(watch));
    }

    static HubSettings settings(Path cache, PlayedHub played, Optional<String> token) {
        HubSettings plain = settings(cache, played, waiting(new Watch()));
        return new HubSettings(
                plain.endpoint(),
                token.map(text -> HubToken.of(text, "HF_TOKEN")),
                cache,
                false,
                plain.links(),
                plain.waiting());
    }

    static HubSettings settings(Path cache, PlayedHub played, Waiting waiting) {
        return new HubSettings(
                played.endpoint(),
                Optional.empty(),
                cache,
                false,
                HubSettings.Links.SYMBOLIC,
                waiting);
    }

    static HubSettings offline(Path cache, PlayedHub played) {
        HubSettings plain = settings(cache, played, new Watch());
        return new HubSettings(
                plain.endpoint(), plain.token(), cache, true, plain.links(), plain.waiting());
    }

    static HubSettings hardLinks(Path cache, PlayedHub played) {
        HubSettings plain = settings(cache, played, new Watch());
        return new HubSettings(
                plain.endpoint(),
                plain.token(),
                cache,
                false,
                HubSettings.Links.HARD,
                plain.waiting());
    }

    /// Settings with which a silent connection counts as cut after a moment.
    static HubSettings impatient(Path cache, PlayedHub played) {
        Waiting usual = waiting(new Watch());
        return settings(
                cache,
                played,
                new Waiting(
                        usual.attempts(),
                        usual.first(),
                        usual.longest(),
                        Duration.ofMillis(700),
                        usual.clock(),
                        usual.random(),
                        usual.sleeper()));
    }

    private static Waiting waiting(Watch watch) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        return new Waiting(
                6,
                Duration.ofSeconds(1),
                Duration.ofSeconds(60),
                Duration.ofSeconds(20),
                InstantSource.fixed(now),
                RandomGenerator.of("L64X128MixRandom"),
                watch.waits::add);
    }

    static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static List<String> names(Path folder) throws IOException {
        try (var children = Files.list(folder)) {
            return children.map(child -> child.getFileName().toString()).sorted().toList();
        }
    }

    static AttuneException failure(Runnable action) {
        return catchThrowableOfType(AttuneException.class, action::run);
    }

    /// Records what a download tells, and stops it where it is told to.
    static final class Watch implements PullListener {
        final List<Duration> waits = Collections.synchronizedList(new ArrayList<>());
        final List<String> notices = Collections.synchronizedList(new ArrayList<>());
        final Map<String, Long> last = new ConcurrentHashMap<>();
        volatile long stopAt = Long.MAX_VALUE;
        volatile long cancelAt = Long.MAX_VALUE;
        private volatile long done;

        @Override
        public void progress(String file, long doneBytes, long totalBytes) {
            last.put(file, doneBytes);
            done = doneBytes;
            if (doneBytes >= stopAt) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void notice(String text) {
            notices.add(text);
        }

        @Override
        public boolean cancelled() {
            return done >= cancelAt;
        }
    }
}
