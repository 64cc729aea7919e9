package dev.attune.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/// `attune runs`: what became of runs.
@Command(
        name = "runs",
        description = "Lists, shows and compares runs.",
        subcommands = {RunsList.class, RunsShow.class, RunsCompare.class},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {"", "Example:", "  attune runs list"})
final class RunsCommands implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Which of list, show and compare?");
    }
}
