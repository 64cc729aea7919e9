package dev.attune.cli;

import dev.attune.train.RunFolder;
import dev.attune.train.Training;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/// `attune resume`: goes on with a run that was stopped, by whatever.
@Command(
        name = "resume",
        description = {
            "Goes on with a run from its last checkpoint.",
            "",
            "It ends with the same bits as a run that was never stopped. A run that has ended is"
                    + " left as it is."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {"", "Example:", "  attune resume run1"})
final class Resume implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "RUN", description = "The run folder.")
    private Path run = Path.of("");

    @Option(names = "--json", description = "Write one JSON object at the end.")
    private boolean json;

    @Override
    public Integer call() {
        RunFolder folder = RunFolder.open(run);
        try (RunSurroundings surroundings = RunSurroundings.open(spec)) {
            return RunOutcome.print(
                    spec, Training.resume(folder, surroundings.again(folder.recipe())), json);
        }
    }
}
