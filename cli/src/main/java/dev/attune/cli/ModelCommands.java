package dev.attune.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/// `attune model`: what a model is, and what it computes.
@Command(
        name = "model",
        description = "Shows what a model is and what it computes.",
        subcommands = {
            ModelPull.class,
            ModelList.class,
            ModelShow.class,
            ModelTokenize.class,
            ModelRender.class,
            ModelProbe.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {"", "Example:", "  attune model show models/SmolLM2-135M"})
final class ModelCommands implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(), "Which of pull, list, show, tokenize, render and probe?");
    }
}
