package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.train.TrainEvent.Diverged;
import dev.attune.train.TrainEvent.Ended;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Reason;
import dev.attune.train.TrainEvent.Stepped;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

class ReportPageTest {
    @TempDir Path run;

    @Test
    void tellsInWordsHowTheRunWent() {
        String page = RunReport.html("run1", entries(history(3)));

        assertThat(page)
                .contains("<title>run1: training report</title>")
                .contains("Finished all steps. 3 steps in 2.3 s;")
                .contains("the training loss went from 2 to 0.6667.")
                .contains("The lowest held-out loss was 1.5, after step 2.")
                .contains("<th scope=\"row\">Tokens</th><td>6,144</td>")
                .contains("<th scope=\"row\">Trained tokens</th><td>3,072 (50 %)</td>")
                .contains("<th scope=\"row\">Tokens per second</th><td>8,192 on average</td>")
                .contains("Last event 2026-01-31 09:30 UTC");
    }

    @Test
    void needsNothingButItself() {
        String page = RunReport.html("run1", entries(history(500)));

        assertThat(page)
                .contains("default-src 'none'")
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain("<script")
                .doesNotContain("<link")
                .doesNotContain("url(");
    }

    @Test
    void aHundredThousandStepsStayAPageOfModestSize() {
        String page = RunReport.html("long", entries(history(100_000)));

        assertThat(page.length()).isLessThan(2_000_000);
        assertThat(page).contains("Values as a table, about 200 of 100,000 steps");
    }

    @Test
    void everyChartHasATitleAndValuesUnderThePointer() {
        String page = RunReport.html("run1", entries(history(3)));

        assertThat(page)
                .contains("role=\"img\" aria-labelledby=\"loss\"><title id=\"loss\">Loss, nats")
                .contains("<title>step 2\ntraining 1\nheld-out 1.5</title>")
                .contains("class=\"best\"");
    }

    @Test
    void aDivergedRunSaysWhereAndOverWhichRows() {
        List<TrainEvent> events = history(30);
        events.removeLast();
        events.add(new Diverged(31, Double.NaN, Double.POSITIVE_INFINITY, List.of("<b>.jsonl:7")));
        events.add(new Ended(30, Reason.DIVERGED, OptionalDouble.empty(), run));
        String page = RunReport.html("run1", entries(events));

        assertThat(page)
                .contains("Stopped: the loss or the gradient was no number.")
                .contains("<th scope=\"row\">Diverged at step</th><td>31</td>")
                .contains("<td>&lt;b&gt;.jsonl:7</td>")
                .contains(">diverged</text>");
    }

    @Test
    void lossesThatAreNoNumbersAreGaps() {
        var events = new ArrayList<TrainEvent>();
        for (long step = 1; step <= 9; step++) {
            double loss = step % 3 == 0 ? Double.NaN : 1;
            events.add(new Stepped(step, 0, loss, Double.POSITIVE_INFINITY, 0, 0, 0, 0));
        }
        assertThat(RunReport.html("run1", entries(events)))
                .doesNotContain("cx=\"NaN")
                .doesNotContain("L NaN")
                .contains("<td>NaN</td>");
    }

    @Test
    void aRunWithoutStepsHasAPageToo() {
        assertThat(RunReport.html("run1", List.of()))
                .contains("Has not ended. It has done no step.")
                .contains("No step has been done yet.");
    }

    @Test
    void namesAreNoMarkup() {
        assertThat(RunReport.html("<script>\"&", List.of()))
                .contains("<h1>&lt;script&gt;&quot;&amp;</h1>");
    }

    @Test
    void isWrittenFromTheEventsOfARun() throws IOException {
        Path events = run.resolve("events.jsonl");
        try (var log = EventLog.begin(events, InstantSource.fixed(EventSamples.START))) {
            history(5).forEach(log::hear);
        }
        Path report = run.resolve("report.html");
        RunReport.write(events, report, "run1");

        assertThat(Files.readString(report)).startsWith("<!doctype html>").contains("5 of 5");
    }

    @Test
    void thinningKeepsSpikes() {
        List<Stepped> steps = new ArrayList<>();
        for (long step = 1; step <= 10_000; step++) {
            double loss = step == 7777 ? 9 : step == 3333 ? -9 : 1;
            steps.add(new Stepped(step, 0, loss, 0, 0, 0, 0, 0));
        }
        ReportCurve thin = ReportCurve.of(steps, Stepped::step, Stepped::loss).thinned(100);

        var values = new ArrayList<String>();
        for (int i = 0; i < thin.size(); i++) {
            if (thin.value(i) != 1) {
                values.add(thin.step(i) + ": " + thin.value(i));
            }
        }
        assertThat(thin.size()).isLessThanOrEqualTo(200);
        assertThat(values).containsExactly("3333: -9.0", "7777: 9.0");
    }

    @Test
    void smoothingBeginsAtTheFirstValueAndFollows() {
        List<Stepped> steps = new ArrayList<>();
        for (long step = 1; step <= 100; step++) {
            steps.add(new Stepped(step, 0, step <= 50 ? 4 : 2, 0, 0, 0, 0, 0));
        }
        ReportCurve smooth = ReportCurve.of(steps, Stepped::step, Stepped::loss).smoothed();

        assertThat(smooth.value(0)).isEqualTo(4);
        assertThat(smooth.value(50)).isBetween(3.5, 3.7);
        assertThat(smooth.value(99)).isBetween(2.0, 2.01);
    }

    @Test
    void ticksAreRound() {
        assertThat(ReportAxis.steps(1, 500).wholeTicks(5))
                .containsExactly(100.0, 200.0, 300.0, 400.0, 500.0);
        assertThat(ReportAxis.steps(1, 3).wholeTicks(5)).containsExactly(1.0, 2.0, 3.0);
        assertThat(ReportAxis.around(new double[] {1, 2, 1e4, 3}).ticks(5))
                .containsExactly(1.0, 10.0, 100.0, 1000.0, 10_000.0);
    }

    @Test
    void numbersAreShort() {
        assertThat(ReportText.number(0.000123456)).isEqualTo("1.235e−4");
        assertThat(ReportText.number(2.30259)).isEqualTo("2.303");
        assertThat(ReportText.number(-1)).isEqualTo("−1");
        assertThat(ReportText.tick(0.0002)).isEqualTo("2e−4");
        assertThat(ReportText.tick(25_000)).isEqualTo("25k");
        assertThat(ReportText.duration(4.21)).isEqualTo("4.2 s");
        assertThat(ReportText.duration(3599.6)).isEqualTo("1 h 0 min");
        assertThat(ReportText.duration(90_000)).isEqualTo("1 d 1 h");
    }

    private List<TrainEvent> history(long steps) {
        var events = new ArrayList<TrainEvent>();
        events.add(EventSamples.started(0, steps));
        for (long step = 1; step <= steps; step++) {
            events.add(EventSamples.stepped(step));
            if (step == 2) {
                events.add(new Evaluated(2, 1.5, 0.5, 100, true, 1.5));
            }
        }
        events.add(EventSamples.ended(run, steps, Reason.FINISHED));
        return events;
    }

    private static List<EventEntry> entries(List<TrainEvent> events) {
        return events.stream().map(event -> new EventEntry(EventSamples.START, event)).toList();
    }
}
