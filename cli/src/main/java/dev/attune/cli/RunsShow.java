package dev.attune.cli;

import dev.attune.train.RecipeDifferences;
import dev.attune.train.RunSummary;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Stepped;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// `attune runs show`: what a run does, how it went, and what comes next.
@Command(
        name = "show",
        description =
                "Shows what a run changes of the defaults, its losses, where its files are and what"
                        + " comes next.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {"", "Examples:", "  attune runs show run1", "  attune runs show run1 --json"})
final class RunsShow implements Callable<Integer> {
    private static final int CURVE_WIDTH = 60;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "RUN", description = "Folder of a run.")
    private Path folder = Path.of("");

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        RunSummary run = RunSummary.of(folder, Instant.now());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> fields = RunText.fields(run);
            fields.put("recipe", RecipeDifferences.fromDefaults(run.recipe()));
            fields.put("next", RunText.next(run, folder.toString()));
            out.println(JsonText.write(fields));
        } else {
            print(out, run);
        }
        out.flush();
        return 0;
    }

    private void print(PrintWriter out, RunSummary run) {
        out.println(run.name() + ": " + RunText.state(run));
        if (!run.steps().isEmpty()) {
            out.println(run.sentence());
        }
        out.println();
        out.println("recipe, where it differs from the defaults");
        List<List<String>> rows = new ArrayList<>();
        RecipeDifferences.fromDefaults(run.recipe())
                .forEach((key, value) -> rows.add(List.of("  " + key, value)));
        RunText.columns(rows).forEach(out::println);
        curves(out, run);
        if (!run.steps().isEmpty()) {
            out.println();
            List<List<String>> facts = new ArrayList<>();
            run.facts().forEach((name, value) -> facts.add(List.of(name, value)));
            RunText.columns(facts).forEach(out::println);
        }
        out.println();
        files(run).forEach(out::println);
    }

    private static void curves(PrintWriter out, RunSummary run) {
        double[] losses = run.steps().stream().mapToDouble(Stepped::loss).toArray();
        double[] held = run.evaluations().stream().mapToDouble(Evaluated::loss).toArray();
        if (losses.length == 0) {
            return;
        }
        out.println();
        curve(out, "training loss", losses);
        if (held.length > 0) {
            curve(out, "held-out loss", held);
        }
    }

    private static void curve(PrintWriter out, String name, double[] values) {
        out.printf(
                "%-14s %s  %s to %s%n",
                name,
                RunText.bars(values, CURVE_WIDTH),
                RunText.number(values[0]),
                RunText.number(values[values.length - 1]));
    }

    private List<String> files(RunSummary run) {
        List<List<String>> rows = new ArrayList<>();
        run.result().ifPresent(path -> rows.add(List.of("result", path.toString())));
        if (Files.isRegularFile(run.folder().report())) {
            rows.add(List.of("report", run.folder().report().toString()));
        }
        rows.add(List.of("next", RunText.next(run, folder.toString())));
        return RunText.columns(rows);
    }
}
