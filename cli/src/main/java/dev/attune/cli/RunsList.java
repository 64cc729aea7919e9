package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.train.RunFolder;
import dev.attune.train.RunSummary;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/// `attune runs list`: the runs of a folder, one line each.
@Command(
        name = "list",
        description = {
            "Lists the runs of a folder, the newest first.",
            "",
            "A run that has not ended is running while a process is at it, else interrupted."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {"", "Examples:", "  attune runs list", "  attune runs list --json"})
final class RunsList implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FOLDER",
            defaultValue = ".",
            description = "A run, or a folder of runs (default: the working folder).")
    private Path folder = Path.of(".");

    @Option(names = "--json", description = "Write one JSON array.")
    private boolean json;

    @Override
    public Integer call() {
        Instant now = Instant.now();
        List<RunSummary> runs = new ArrayList<>();
        Map<Path, String> unreadable = new LinkedHashMap<>();
        for (Path path : runs(folder)) {
            try {
                runs.add(RunSummary.of(path, now));
            } catch (AttuneException e) {
                unreadable.put(path, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            }
        }
        runs.sort(
                Comparator.comparing((RunSummary run) -> run.lastTime().orElse(Instant.MAX))
                        .reversed()
                        .thenComparing(RunSummary::name));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonText.write(runs.stream().map(RunText::fields).toList()));
        } else if (!runs.isEmpty()) {
            table(runs).forEach(out::println);
        }
        out.flush();
        PrintWriter err = spec.commandLine().getErr();
        unreadable.forEach((path, why) -> err.println("attune: " + path + ": " + why));
        if (runs.isEmpty() && unreadable.isEmpty() && !json) {
            err.println(
                    "attune: There is no run in %s. attune train RECIPE.yaml -o DIR makes one."
                            .formatted(folder.toAbsolutePath().normalize()));
        }
        err.flush();
        return 0;
    }

    /// The folder itself, if it is a run, and its children that are.
    private static List<Path> runs(Path folder) {
        if (!Files.isDirectory(folder)) {
            String what = Files.exists(folder) ? "is no folder" : "does not exist";
            throw AttuneException.user(folder + " " + what + ".")
                    .fix("Give the folder that holds the runs.");
        }
        try (Stream<Path> children = Files.list(folder)) {
            return Stream.concat(Stream.of(folder), children.sorted())
                    .filter(RunFolder::is)
                    .toList();
        } catch (IOException e) {
            throw AttuneException.environment("The folder cannot be read.")
                    .at(folder)
                    .fix("Check that you may read it.")
                    .causedBy(e);
        }
    }

    private static List<String> table(List<RunSummary> runs) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                List.of(
                        "RUN",
                        "STATE",
                        "MODEL",
                        "TUNING",
                        "STEPS",
                        "HELD-OUT LOSS",
                        "LOWEST",
                        "LAST EVENT"));
        for (RunSummary run : runs) {
            rows.add(
                    List.of(
                            run.name(),
                            RunText.state(run),
                            RunText.model(run),
                            RunText.word(run.recipe().objective().tuning()),
                            RunText.steps(run),
                            RunText.heldOut(run),
                            RunText.best(run),
                            RunText.time(run.lastTime())));
        }
        return RunText.columns(rows);
    }
}
