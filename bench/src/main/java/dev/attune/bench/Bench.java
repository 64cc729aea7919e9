package dev.attune.bench;

import dev.attune.base.AttuneException;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The benchmarks' command line.
@Command(
        name = "bench/run",
        description = "Times whole runs.",
        subcommands = {
            StepBench.class,
            TrainBench.class,
            TokenizeBench.class,
            PlantedBench.class,
            CheckBench.class,
            ExportBench.class,
            GgufLossBench.class,
            MakeRows.class,
            MakeModel.class
        },
        mixinStandardHelpOptions = true)
public final class Bench {
    private Bench() {}

    /// Runs one benchmark.
    public static void main(String... args) {
        System.exit(
                new CommandLine(new Bench())
                        .setExecutionExceptionHandler((e, command, _) -> told(e, command))
                        .execute(args));
    }

    /// What a person can mend is told in words, all else with its stack trace.
    private static int told(Exception e, CommandLine command) throws Exception {
        if (!(e instanceof AttuneException told)) {
            throw e;
        }
        command.getErr().println(told.getMessage());
        return told.kind().exitCode();
    }
}
