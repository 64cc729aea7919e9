package dev.attune.bench;

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
            MakeRows.class
        },
        mixinStandardHelpOptions = true)
public final class Bench {
    private Bench() {}

    /// Runs one benchmark.
    public static void main(String... args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }
}
