package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class EventReaderTest {
    private static final String GOOD =
            "{\"event\":\"saved\",\"step\":1,\"folder\":\"a\",\"time\":\"2026-01-31T09:30:00Z\"}\n";

    @TempDir Path run;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"event\":\"sa                             | no JSON",
                "                                            | expected a JSON object",
                "7                                           | expected a JSON object",
                "{} {}                                       | no JSON",
                "{\"step\":1,\"step\":1}                     | no JSON",
                "{\"event\":\"saved\"}                       | step is missing",
                "{\"step\":-1}                               | step is -1, expected a whole number"
                        + " from 0",
                "{\"step\":1.5}                              | step is 1.5, expected a whole number"
                        + " from 0",
                "{\"step\":99999999999999999999}             | step is 99999999999999999999,"
                        + " expected a whole number from 0",
                "{\"step\":1,\"event\":\"eaten\"}            | event is \"eaten\", expected"
                        + " started, mixed, step, evaluated, saved, removed, diverged or ended",
                "{\"step\":1,\"event\":\"saved\"}            | folder is missing",
                "{\"step\":1,\"event\":\"saved\",\"folder\":\"\\u0000\"} | it names a folder that"
                        + " cannot be",
                "{\"step\":1,\"event\":\"diverged\",\"loss\":\"big\"} | loss is \"big\", expected a"
                        + " number",
                "{\"step\":1,\"event\":\"diverged\",\"loss\":1,\"grad_norm\":1,\"rows\":[1]} | rows"
                        + " holds 1, expected strings",
                "{\"step\":1,\"event\":\"ended\",\"reason\":\"bored\"} | reason is \"bored\","
                        + " expected finished, early_stopping, diverged or stopped",
            })
    void refusesAWholeLineThatIsNoEvent(String line, String what) throws IOException {
        String text = line == null ? "" : line;
        Path file = write(GOOD + text + "\n" + GOOD);

        assertThatThrownBy(() -> EventReader.read(file))
                .isInstanceOf(AttuneException.class)
                .hasMessage(
                        "This line is no event of a run: "
                                + what
                                + ".\n  at   "
                                + file
                                + ":2\n  fix  Remove the line if it was edited by hand; else"
                                + " restore the file.");
    }

    @Test
    void refusesATimeThatIsNone() throws IOException {
        Path file = write(GOOD.replace("09:30", "9h30"));

        assertThatThrownBy(() -> EventReader.read(file))
                .hasMessageStartingWith(
                        "This line is no event of a run: time is no time, such as"
                                + " 2026-01-31T09:30:00Z.\n  at   "
                                + file
                                + ":1\n");
    }

    @Test
    void refusesDamageInALastLineThatWasWrittenWhole() throws IOException {
        Path file = write(GOOD + "{\"event\"\n");

        assertThatThrownBy(() -> EventReader.read(file)).hasMessageContaining(file + ":2");
    }

    @Test
    void passesOverATailOfZerosThatAPowerCutLeaves() throws IOException {
        Path file = write(GOOD + "\0".repeat(300));

        assertThat(EventReader.read(file)).hasSize(1);
    }

    @Test
    void passesOverFieldsOfLaterVersions() throws IOException {
        Path file = write(GOOD.replace("\"step\":1", "\"step\":1,\"mood\":\"calm\""));

        assertThat(EventReader.read(file)).hasSize(1);
    }

    @Test
    void refusesALineThatWouldFillTheMemory() throws IOException {
        Path file = write("x".repeat((16 << 20) + 1));

        assertThatThrownBy(() -> EventReader.read(file))
                .hasMessageContaining("longer than 16 MiB")
                .hasMessageContaining(file + ":1");
    }

    @Test
    void tellsThatThereIsNoRun() {
        Path file = run.resolve("events.jsonl");

        assertThatThrownBy(() -> EventReader.read(file))
                .isInstanceOfSatisfying(
                        AttuneException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessage(
                        "There is no record of a run here.\n  at   "
                                + file
                                + "\n  fix  Name the events.jsonl in the folder of a run.");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(run.resolve("events.jsonl"), text);
    }
}
