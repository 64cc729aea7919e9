package dev.attune.train;

import dev.attune.format.PendingFile;
import dev.attune.train.ReportChart.Stroke;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Stepped;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Several runs on one page of HTML: their losses over one another, the keys in which their recipes
/// differ, and their figures side by side. Needs nothing but itself, as [RunReport].
public final class RunComparison {
    /// Colours in the style sheet; further runs begin with the first again.
    private static final int COLORS = 8;

    private final List<RunSummary> runs;

    private RunComparison(List<RunSummary> runs) {
        this.runs = List.copyOf(runs);
    }

    /// Writes the page, whole or not at all.
    public static void write(List<RunSummary> runs, Path file) {
        byte[] page = html(runs).getBytes(StandardCharsets.UTF_8);
        try (var pending = PendingFile.create(file, page.length)) {
            pending.write(0, MemorySegment.ofArray(page));
            pending.seal();
            pending.publish();
        }
    }

    /// The page.
    public static String html(List<RunSummary> runs) {
        return new RunComparison(runs).page();
    }

    private String page() {
        String names =
                ReportText.escaped(
                        runs.stream().map(RunSummary::name).collect(Collectors.joining(", ")));
        return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>Runs compared: %s</title>
        <style>
        %s%s</style>
        </head>
        <body class="comparison">
        <header>
        <h1>Runs compared</h1>
        <p class="summary">%s</p>
        </header>
        <main>
        <section class="charts" aria-label="Curves">
        %s</section>
        <section aria-label="Recipes">
        <h2>Where the recipes differ</h2>
        %s</section>
        <section aria-label="Figures">
        <h2>Figures</h2>
        %s</section>
        </main>
        </body>
        </html>
        """
                .formatted(
                        names,
                        RunReport.style("report.css"),
                        RunReport.style("comparison.css"),
                        names,
                        charts(),
                        recipes(),
                        table(figures(runs)));
    }

    /// Names of figures with one value for each run.
    public static Map<String, List<String>> figures(List<RunSummary> runs) {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        rows.put("state", each(runs, run -> run.state().words()));
        rows.put("steps", each(runs, RunComparison::steps));
        rows.put("training loss", each(runs, run -> last(run.steps(), Stepped::loss)));
        rows.put("held-out loss", each(runs, run -> last(run.evaluations(), Evaluated::loss)));
        rows.put("lowest held-out loss", each(runs, RunComparison::best));
        rows.put("after step", each(runs, RunComparison::bestStep));
        rows.put("tokens/s", each(runs, RunComparison::rate));
        rows.put("time", each(runs, run -> ReportText.duration(run.seconds())));
        return rows;
    }

    private static List<String> each(List<RunSummary> runs, Function<RunSummary, String> value) {
        return runs.stream().map(value).toList();
    }

    private static String steps(RunSummary run) {
        String done = ReportText.count(run.step());
        OptionalLong all = run.allSteps();
        return all.isPresent() ? done + " of " + ReportText.count(all.getAsLong()) : done;
    }

    private static String best(RunSummary run) {
        return run.best().map(best -> ReportText.number(best.loss())).orElse("–");
    }

    private static String bestStep(RunSummary run) {
        return run.best().map(best -> ReportText.count(best.step())).orElse("–");
    }

    private static String rate(RunSummary run) {
        return run.steps().isEmpty() ? "–" : ReportText.count(Math.round(run.tokensPerSecond()));
    }

    private static <T> String last(List<T> items, Function<T, Double> value) {
        return items.isEmpty() ? "–" : ReportText.number(value.apply(items.getLast()));
    }

    private String charts() {
        List<Stroke> held = new ArrayList<>();
        List<Stroke> trained = new ArrayList<>();
        long end = 1;
        for (int i = 0; i < runs.size(); i++) {
            RunSummary run = runs.get(i);
            String style = "run" + i % COLORS;
            end = Math.max(end, run.step());
            if (!run.evaluations().isEmpty()) {
                var curve = ReportCurve.of(run.evaluations(), Evaluated::step, Evaluated::loss);
                OptionalLong best = run.best().stream().mapToLong(Evaluated::step).findFirst();
                held.add(new Stroke(run.name(), style, curve, true, best));
            }
            if (!run.steps().isEmpty()) {
                var curve = ReportCurve.of(run.steps(), Stepped::step, Stepped::loss);
                trained.add(Stroke.line(run.name(), style, curve.smoothed()));
            }
        }
        return chart("held", "Held-out loss, nats per token", held, end)
                + chart("trained", "Training loss, smoothed, nats per token", trained, end);
    }

    private static String chart(String id, String title, List<Stroke> strokes, long end) {
        return strokes.isEmpty()
                ? "<p>No run has a %s yet.</p>\n"
                        .formatted(id.equals("held") ? "held-out loss" : "step")
                : new ReportChart(id, title, strokes, end, OptionalLong.empty()).html();
    }

    private String recipes() {
        Map<String, List<String>> differing =
                RecipeDifferences.between(runs.stream().map(RunSummary::recipe).toList());
        return differing.isEmpty() ? "<p>In no key.</p>\n" : table(differing);
    }

    private String table(Map<String, List<String>> rows) {
        var out = new StringBuilder("<div class=\"scroll\"><table>\n<thead><tr><td></td>");
        for (int i = 0; i < runs.size(); i++) {
            out.append("<th scope=\"col\"><span class=\"key run%d\">".formatted(i % COLORS))
                    .append(ReportText.escaped(runs.get(i).name()))
                    .append("</span></th>");
        }
        out.append("</tr></thead>\n<tbody>\n");
        rows.forEach((name, values) -> {
            out.append("<tr><th scope=\"row\">%s</th>".formatted(ReportText.escaped(name)));
            values.forEach(value -> out.append("<td>" + ReportText.escaped(value) + "</td>"));
            out.append("</tr>\n");
        });
        return out.append("</tbody></table></div>\n").toString();
    }
}
