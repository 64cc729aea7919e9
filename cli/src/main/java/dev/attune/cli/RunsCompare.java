package dev.attune.cli;

import dev.attune.train.RecipeDifferences;
import dev.attune.train.RunComparison;
import dev.attune.train.RunSummary;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// `attune runs compare`: runs side by side.
@Command(
        name = "compare",
        description =
                "Shows where the recipes of runs differ, and their losses, speed and time side by"
                        + " side.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune runs compare run1 run2",
            "  attune runs compare run1 run2 --html compared.html"
        })
final class RunsCompare implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0..*",
            arity = "2..*",
            paramLabel = "RUN",
            description = "Folders of runs.")
    private List<Path> folders = List.of();

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Draw their curves over one another on a page.")
    private @Nullable Path html;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        Instant now = Instant.now();
        List<RunSummary> runs = folders.stream().map(path -> RunSummary.of(path, now)).toList();
        PrintWriter out = spec.commandLine().getOut();
        if (html != null) {
            RunComparison.write(runs, html);
        }
        Map<String, List<String>> differing =
                RecipeDifferences.between(runs.stream().map(RunSummary::recipe).toList());
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("runs", runs.stream().map(RunText::fields).toList());
            fields.put("recipe", differing);
            out.println(JsonText.write(fields));
        } else {
            print(out, runs, differing);
        }
        out.flush();
        return 0;
    }

    private void print(
            PrintWriter out, List<RunSummary> runs, Map<String, List<String>> differing) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("", runs.stream().map(RunSummary::name).toList()));
        differing.forEach((key, values) -> rows.add(row(key, values)));
        rows.add(List.of(""));
        RunComparison.figures(runs).forEach((name, values) -> rows.add(row(name, values)));
        RunText.columns(rows).forEach(out::println);
        if (html != null) {
            out.println();
            out.println("page  " + html);
        }
    }

    private static List<String> row(String name, List<String> values) {
        List<String> row = new ArrayList<>();
        row.add(name);
        row.addAll(values);
        return row;
    }
}
