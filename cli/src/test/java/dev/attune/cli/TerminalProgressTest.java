package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.cli.TerminalProgress.Screen;
import dev.attune.train.TrainEvent.Diverged;
import dev.attune.train.TrainEvent.Ended;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Reason;
import dev.attune.train.TrainEvent.Saved;
import dev.attune.train.TrainEvent.Started;
import dev.attune.train.TrainEvent.Stepped;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

class TerminalProgressTest {
    private final StringWriter written = new StringWriter();
    private Instant now = Instant.parse("2026-01-31T09:30:00Z");

    @Test
    void rewritesOneLineOnATerminal() {
        var progress = progress(new Screen(100, true, false));
        progress.hear(started(0));
        step(progress, 1, 2.0);
        step(progress, 2, 1.0);

        assertThat(taken())
                .isEqualTo(
                        "\r"
                            + "training 2,293,760 of 136,000,000 parameters on 1,200 rows, 60 held"
                            + " out\n"
                            + "\r"
                            + "[..............................] 0/20  00:00 elapsed\r"
                            + "[..........] 1/20  loss 2.0000  2,000 tokens/s (500 trained)  epoch"
                            + " 0.10  00:05 elapsed  01:35 left\r"
                            + "[#.........] 2/20  loss 1.4737  2,000 tokens/s (500 trained)  epoch"
                            + " 0.20  00:10 elapsed  01:30 left");
    }

    @Test
    void printsJudgementsAndCheckpointsAboveTheLine() {
        var progress = progress(new Screen(60, true, false));
        progress.hear(started(0));
        step(progress, 1, 2.0);
        taken();
        progress.hear(new Evaluated(1, 1.9, 0.58, 100, true, 1));
        progress.hear(new Saved(1, Path.of("run1", "checkpoint-1")));

        assertThat(shown(taken()))
                .containsExactly(
                        "step 1: held-out loss 1.9000, token accuracy 58.0 %, best s",
                        "step 1: saved checkpoint-1",
                        "[#..........................] 1/20  loss 2.0000  01:35 left");
    }

    @Test
    void tellsHowFarALongJudgementIs() {
        var progress = progress(new Screen(60, true, false));
        progress.hear(started(0));
        taken();
        progress.judging(0, 120);
        now = now.plusSeconds(1);
        progress.judging(8, 120);
        assertThat(taken()).isEmpty();

        now = now.plusSeconds(3);
        progress.judging(40, 120);
        progress.judging(48, 120);

        assertThat(shown(taken())).containsExactly("judging 40 of 120 held-out rows  00:08 left");
    }

    @Test
    void tellsHowFarALongJudgementIsInALogNowAndThen() {
        var progress = progress(Screen.PLAIN);
        progress.hear(started(0));
        taken();
        progress.judging(0, 100);
        for (int rows = 10; rows <= 100; rows += 10) {
            now = now.plusSeconds(5);
            progress.judging(rows, 100);
        }

        assertThat(taken().lines())
                .containsExactly(
                        "judging 20 of 100 held-out rows  00:40 left",
                        "judging 40 of 100 held-out rows  00:30 left",
                        "judging 60 of 100 held-out rows  00:20 left",
                        "judging 80 of 100 held-out rows  00:10 left");
    }

    @Test
    void writesPlainLinesEveryFewStepsElsewhere() {
        var progress = progress(Screen.PLAIN);
        progress.hear(started(4));
        for (int step = 5; step <= 20; step++) {
            step(progress, step, 2.0);
        }
        progress.hear(new Ended(20, Reason.FINISHED, OptionalDouble.of(1.9), Path.of("adapter")));

        assertThat(taken().lines())
                .containsExactly(
                        "training 2,293,760 of 136,000,000 parameters on 1,200 rows, 60 held out",
                        "going on after step 4",
                        "step 10/20  loss 2.0000  2,000 tokens/s (500 trained)  epoch 1.00"
                                + "  00:30 elapsed  00:50 left",
                        "step 20/20  loss 2.0000  2,000 tokens/s (500 trained)  epoch 2.00"
                                + "  01:20 elapsed  00:00 left",
                        "finished after step 20 in 01:20, best held-out loss 1.9000");
    }

    @Test
    void isNeverWiderThanTheTerminal() {
        for (int width = 1; width <= 140; width++) {
            var progress = progress(new Screen(width, true, false));
            progress.hear(started(0));
            step(progress, 1, 2.0);
            progress.hear(new Evaluated(1, 1.9, 0.58, 100, true, 1));
            progress.hear(new Diverged(2, Double.NaN, 1, List.of("a.jsonl:1", "b.jsonl:2")));
            progress.hear(new Ended(1, Reason.DIVERGED, OptionalDouble.empty(), Path.of("a")));

            int most = Math.max(1, width - 1);
            assertThat(shown(taken()))
                    .as("width %d", width)
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(most));
        }
    }

    @Test
    void coloursTheBarOnlyWhereColoursAreWanted() {
        for (boolean hasColor : new boolean[] {true, false}) {
            var progress = progress(new Screen(100, true, hasColor));
            progress.hear(started(10));
            step(progress, 11, 2.0);

            assertThat(taken().contains("\u001b[32m####\u001b[0m....")).isEqualTo(hasColor);
        }
    }

    @Test
    void redrawsNoMoreThanTenTimesASecond() {
        var progress = progress(new Screen(100, true, false));
        progress.hear(started(0));
        taken();
        for (int step = 1; step <= 20; step++) {
            now = now.plusMillis(10);
            progress.hear(stepped(step, 2.0));
        }
        assertThat(taken().chars().filter(c -> c == '\r')).hasSize(2);
    }

    @Test
    void saysWhereARunDiverged() {
        var progress = progress(Screen.PLAIN);
        progress.hear(
                new Diverged(7, Double.NaN, Double.POSITIVE_INFINITY, List.of("train.jsonl:17")));
        progress.hear(new Ended(6, Reason.DIVERGED, OptionalDouble.empty(), Path.of("a")));

        assertThat(taken().lines())
                .containsExactly(
                        "step 7: diverged: loss NaN, gradient norm Infinity, rows train.jsonl:17",
                        "stopped, the loss or the gradient was no number, after step 6 in 00:00");
    }

    private TerminalProgress progress(Screen screen) {
        return new TerminalProgress(new PrintWriter(written), screen, 10, () -> now);
    }

    private static Started started(long step) {
        return new Started(step, 20, 1200, 60, 2_293_760, 136_000_000);
    }

    private void step(TerminalProgress progress, long step, double loss) {
        now = now.plusSeconds(5);
        progress.hear(stepped(step, loss));
    }

    private static Stepped stepped(long step, double loss) {
        return new Stepped(step, step / 10.0, loss, 1, 1e-4, 10_000, 2_500, 5);
    }

    private String taken() {
        String text = written.toString();
        written.getBuffer().setLength(0);
        return text;
    }

    /// What a terminal shows in the end: of each line only what was written over it last.
    private static List<String> shown(String text) {
        return Stream.of(text.split("\n", -1))
                .map(line -> line.substring(line.lastIndexOf('\r') + 1).stripTrailing())
                .toList();
    }
}
