package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.train.TrainEvent.Reason;
import dev.attune.train.TrainEvent.Saved;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class EventLogTest {
    @TempDir Path run;
    private final InstantSource clock =
            InstantSource.fixed(EventSamples.START.plusNanos(1_234_567));
    private Path file = Path.of("");

    @BeforeEach
    void nameTheFile() {
        file = run.resolve("events.jsonl");
    }

    @Test
    void writesOneLineAnEventWithSnakeCaseNames() throws IOException {
        write(List.of(EventSamples.stepped(1), new Saved(1, run.resolve("checkpoint-1"))));

        assertThat(Files.readString(file))
                .isEqualTo(
                        """
                        {"event":"step","step":1,"epoch":0.1,"loss":2.0,"grad_norm":0.5,\
                        "learning_rate":1.0E-4,"tokens":2048,"trained_tokens":1024,\
                        "seconds":0.25,"time":"2026-01-31T09:30:00.001Z"}
                        {"event":"saved","step":1,"folder":"checkpoint-1",\
                        "time":"2026-01-31T09:30:00.001Z"}
                        """);
    }

    @Test
    void readsBackEveryKindOfEvent() {
        var events = EventSamples.everyKind(run);
        write(events);

        assertThat(EventSamples.events(EventReader.read(file))).isEqualTo(events);
        assertThat(EventReader.read(file).getFirst().time())
                .isEqualTo(EventSamples.START.plusMillis(1));
    }

    @Test
    void keepsNumbersThatJsonLacksAsStrings() throws IOException {
        write(EventSamples.everyKind(run));

        assertThat(Files.readString(file))
                .contains(
                        "\"loss\":\"NaN\",\"grad_norm\":\"Infinity\",\"rows\":[\"größe.jsonl:7\"]");
    }

    @Test
    void aLineIsInTheFileOnceItWasHeard() throws IOException {
        try (var log = EventLog.begin(file, clock)) {
            log.hear(EventSamples.stepped(1));

            assertThat(Files.readString(file)).startsWith("{\"event\":\"step\"").endsWith("}\n");
        }
    }

    @Test
    void refusesToBeginWhereARunIs() {
        write(List.of());

        assertThatThrownBy(() -> EventLog.begin(file, clock))
                .isInstanceOf(AttuneException.class)
                .hasMessage(
                        "There is a run in this folder already.\n  at   "
                                + file
                                + "\n  fix  Resume that run, or choose another folder.");
    }

    @Test
    void aResumedRunHasTheHistoryOfOneThatWasNeverStopped() throws IOException {
        var whole = new ArrayList<TrainEvent>();
        whole.add(EventSamples.started(0, 12));
        whole.addAll(EventSamples.steps(run, 0, 12));
        whole.add(EventSamples.ended(run, 12, Reason.FINISHED));

        for (int killedAfter = 0; killedAfter <= 12; killedAfter++) {
            Files.deleteIfExists(file);
            var first = new ArrayList<TrainEvent>();
            first.add(EventSamples.started(0, 12));
            first.addAll(EventSamples.steps(run, 0, killedAfter));
            first.add(EventSamples.ended(run, killedAfter, Reason.STOPPED));
            write(first);
            Files.writeString(file, "{\"event\":\"st", StandardOpenOption.APPEND);
            long checkpoint = killedAfter / 4 * 4L;
            try (var log = EventLog.resume(file, checkpoint, clock)) {
                log.hear(EventSamples.started(checkpoint, 12));
                EventSamples.steps(run, checkpoint, 12).forEach(log::hear);
                log.hear(EventSamples.ended(run, 12, Reason.FINISHED));
            }
            assertThat(EventSamples.events(EventReader.read(file)))
                    .as("killed after step %d", killedAfter)
                    .isEqualTo(whole);
        }
    }

    @Test
    void tellsThatALongerRunGoesOn() {
        write(List.of(EventSamples.started(0, 2), EventSamples.stepped(1)));

        try (var log = EventLog.resume(file, 1, clock)) {
            log.hear(EventSamples.started(1, 9));
        }
        assertThat(EventSamples.events(EventReader.read(file)))
                .containsExactly(
                        EventSamples.started(0, 2),
                        EventSamples.stepped(1),
                        EventSamples.started(1, 9));
    }

    @Test
    void cutAtAnyByteItReadsAsAPrefixAndGoesOn() throws IOException {
        var events = EventSamples.everyKind(run);
        events.removeLast();
        write(events);
        byte[] content = Files.readAllBytes(file);

        for (int cut = 0; cut <= content.length; cut++) {
            Files.write(file, Arrays.copyOf(content, cut));
            List<TrainEvent> read = EventSamples.events(EventReader.read(file));
            assertThat(read).as("cut at byte %d", cut).isEqualTo(events.subList(0, read.size()));
            try (var log = EventLog.resume(file, 100, clock)) {
                log.hear(EventSamples.stepped(100));
            }
            var longer = new ArrayList<>(read);
            longer.add(EventSamples.stepped(100));
            assertThat(EventSamples.events(EventReader.read(file)))
                    .as("cut at byte %d and resumed", cut)
                    .isEqualTo(longer);
        }
    }

    @Test
    void leavesNoTemporaryFile() throws IOException {
        write(EventSamples.everyKind(run));
        EventLog.resume(file, 3, clock).close();

        try (var files = Files.list(run)) {
            assertThat(files).containsExactly(file);
        }
    }

    private void write(List<TrainEvent> events) {
        try (var log = EventLog.begin(file, clock)) {
            events.forEach(log::hear);
        }
    }
}
