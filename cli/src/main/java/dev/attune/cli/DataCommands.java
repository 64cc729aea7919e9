package dev.attune.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/// `attune data`: what is in a data set.
@Command(
        name = "data",
        description = "Looks into data sets, judges and mends them.",
        subcommands = {
            DataShow.class,
            DataStats.class,
            DataConvert.class,
            DataCheckCommand.class,
            DataClean.class,
            DataSplitCommand.class,
            DataPull.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {"", "Example:", "  attune data show train.jsonl --model path/to/chat-model"})
final class DataCommands implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "Which command? There are check, clean, split, convert, show, stats and pull.");
    }
}
