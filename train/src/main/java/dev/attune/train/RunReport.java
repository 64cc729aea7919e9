package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.format.PendingFile;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Stepped;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A run as one page of HTML: what became of it, the facts, the curves, and their values as a
/// table.
///
/// The page needs nothing but itself: no network, no script, styles and drawings inline. It can be
/// made while the run goes on, and of any number of steps; curves of many steps keep the lowest and
/// highest value of each stretch.
public final class RunReport {
    private static final int MAX_ROWS = 200;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private RunReport() {}

    /// Reads `events` and writes the page to `report`, whole or not at all.
    ///
    /// @param name of the run, as the page's title has it
    /// @throws AttuneException as [EventReader#read] and [PendingFile] do
    public static void write(Path events, Path report, String name) {
        byte[] page = html(name, EventReader.read(events)).getBytes(StandardCharsets.UTF_8);
        try (var pending = PendingFile.create(report, page.length)) {
            pending.write(0, MemorySegment.ofArray(page));
            pending.seal();
            pending.publish();
        }
    }

    /// The page for a run of the given name.
    public static String html(String name, List<EventEntry> entries) {
        var run = ReportHistory.of(entries);
        var facts = new ReportFacts(run);
        String title = ReportText.escaped(name);
        String time = run.lastTime().map(last -> "Last event " + TIME.format(last)).orElse("");
        return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>%s: training report</title>
        <style>
        %s</style>
        </head>
        <body>
        <header>
        <h1>%s</h1>
        <p class="summary">%s</p>
        <p class="time">%s</p>
        </header>
        <main>
        <section class="charts" aria-label="Curves">
        %s</section>
        <section aria-label="Facts">
        <h2>Facts</h2>
        %s</section>
        <section aria-label="Values">
        %s</section>
        </main>
        </body>
        </html>
        """
                .formatted(
                        title,
                        style("report.css"),
                        title,
                        ReportText.escaped(facts.summary()),
                        time,
                        charts(run),
                        table(facts.table()),
                        values(run));
    }

    private static String charts(ReportHistory run) {
        if (run.steps().isEmpty()) {
            return "<p>No step has been done yet.</p>\n";
        }
        return new ReportCharts(run)
                .all().stream().map(ReportChart::html).collect(Collectors.joining());
    }

    private static String table(Map<String, String> facts) {
        var out = new StringBuilder("<table class=\"facts\">\n");
        facts.forEach((name, value) ->
                out.append(
                        "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n"
                                .formatted(ReportText.escaped(name), ReportText.escaped(value))));
        return out.append("</table>\n").toString();
    }

    private static String values(ReportHistory run) {
        List<Stepped> steps = run.steps();
        int stride = Math.max(1, Math.ceilDiv(steps.size(), MAX_ROWS));
        Map<Long, Evaluated> held =
                run.evaluations().stream()
                        .collect(
                                Collectors.toMap(
                                        Evaluated::step, Function.identity(), (a, b) -> b));
        var out = new StringBuilder("<details><summary>Values as a table");
        if (stride > 1) {
            out.append(
                    ", about %d of %s steps".formatted(MAX_ROWS, ReportText.count(steps.size())));
        }
        out.append(
                """
                </summary>
                <div class="scroll"><table class="values">
                <thead><tr><th scope="col">Step</th><th scope="col">Epoch</th>\
                <th scope="col">Loss</th><th scope="col">Held-out loss</th>\
                <th scope="col">Gradient norm</th><th scope="col">Learning rate</th>\
                <th scope="col">Tokens/s</th></tr></thead>
                <tbody>
                """);
        for (int i = 0; i < steps.size(); i++) {
            if (i % stride == 0 || i == steps.size() - 1 || held.containsKey(steps.get(i).step())) {
                out.append(row(steps.get(i), held));
            }
        }
        return out.append("</tbody></table></div></details>\n").toString();
    }

    private static String row(Stepped step, Map<Long, Evaluated> held) {
        Evaluated evaluated = held.get(step.step());
        return "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                .formatted(
                        ReportText.count(step.step()),
                        ReportText.number(step.epoch()),
                        ReportText.number(step.loss()),
                        evaluated == null ? "" : ReportText.number(evaluated.loss()),
                        ReportText.number(step.gradNorm()),
                        ReportText.number(step.learningRate()),
                        step.seconds() > 0
                                ? ReportText.count(Math.round(step.tokens() / step.seconds()))
                                : "");
    }

    /// A style sheet that is shipped beside this class.
    static String style(String name) {
        try (InputStream in = RunReport.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
