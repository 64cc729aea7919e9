package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.cli.TerminalProgress.Screen;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;

class RowProgressTest {
    private final StringWriter written = new StringWriter();
    private Instant now = Instant.parse("2026-01-31T09:30:00Z");

    @Test
    void showsABarWithTheTimeLeftAndTakesItAwayAtTheEndOfThePass() {
        RowProgress progress = progress(new Screen(80, true, false));
        progress.begins("rows checked", 1000);
        progress.at(10, 100);
        now = now.plusSeconds(3);
        progress.at(100, 250);
        now = now.plusMillis(100);
        progress.at(101, 251);
        now = now.plusSeconds(9);
        progress.at(400, 1000);

        assertThat(written)
                .hasToString(
                        "\r[#####...............] 25 %  100 rows checked  33/s  00:09 left\u001b[K"
                                + "\r\u001b[K");
    }

    @Test
    void writesALineNowAndThenWhereThereIsNoTerminal() {
        RowProgress progress = progress(Screen.PLAIN);
        progress.begins("rows cleaned", 1000);
        for (int second = 0; second < 25; second++) {
            progress.at(second, second * 10L);
            now = now.plusSeconds(1);
        }
        progress.begins("rows compared", 0);
        now = now.plusSeconds(3);
        progress.rows(30);

        assertThat(written.toString().lines())
                .containsExactly(
                        "2 %  2 rows cleaned  1/s  01:38 left",
                        "12 %  12 rows cleaned  1/s  01:28 left",
                        "22 %  22 rows cleaned  1/s  01:18 left",
                        "30 rows compared  10/s");
    }

    @Test
    void saysNothingOfAPassThatTakesLessThanTwoSeconds() {
        RowProgress progress = progress(new Screen(80, true, false));
        progress.begins("rows read", 10);
        now = now.plusMillis(1900);
        progress.at(1, 9);
        progress.at(2, 10);

        assertThat(written).hasToString("");
    }

    @Test
    void staysWithinTheTerminal() {
        RowProgress progress = progress(new Screen(30, true, false));
        progress.begins("rows checked", 1000);
        now = now.plusSeconds(3);
        progress.at(100, 250);

        assertThat(written).hasToString("\r[#####...............] 25 %  \u001b[K");
    }

    @Test
    void takesTheBarAwayWhereAPassEndsInAnError() {
        try (RowProgress progress = progress(new Screen(80, true, false))) {
            progress.begins("rows checked", 1000);
            now = now.plusSeconds(3);
            progress.at(100, 250);
        }

        assertThat(written.toString()).endsWith("left\u001b[K\r\u001b[K");
    }

    @Test
    void leavesTheBarOnALineOfItsOwnWhenTheProcessIsStopped() {
        RowProgress progress = progress(new Screen(80, true, false));
        progress.begins("rows checked", 1000);
        now = now.plusSeconds(3);
        progress.at(100, 250);
        progress.stop();
        now = now.plusSeconds(3);
        progress.at(200, 500);
        progress.close();

        assertThat(written.toString()).endsWith("left\u001b[K" + System.lineSeparator());
    }

    private RowProgress progress(Screen screen) {
        return new RowProgress(new PrintWriter(written), screen, () -> now);
    }
}
