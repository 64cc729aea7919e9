package dev.attune.cli;

import dev.attune.train.Replay;
import dev.attune.train.RunFolder;
import dev.attune.train.Training;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// `attune verify`: whether a run is what its recipe and its data make of its base.
@Command(
        name = "verify",
        description = {
            "Does the last steps of a run again and says whether they come out bit by bit as"
                    + " before.",
            "",
            "It begins at a checkpoint that is far enough back, and compares losses, weights and"
                    + " moments with those of the last one. The run stays as it is. Exit code 0 if"
                    + " all are identical, 1 if not."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune verify run1",
            "  attune verify run1 --steps 20 --json"
        })
final class Verify implements Callable<Integer> {
    private static final int NAMES_SHOWN = 5;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "RUN", description = "The run folder.")
    private Path run = Path.of("");

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "How many steps at least (default: those since the checkpoint before the"
                            + " last).")
    private long steps;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        if (steps < 0) {
            throw new ParameterException(
                    spec.commandLine(), "--steps is " + steps + ", expected 1 or more.");
        }
        RunFolder folder = RunFolder.open(run);
        try (RunSurroundings surroundings = RunSurroundings.open(spec)) {
            Replay replay = Training.verify(folder, steps, surroundings.again(folder.recipe()));
            print(spec.commandLine().getOut(), replay);
            return replay.isIdentical() ? 0 : 1;
        }
    }

    private void print(PrintWriter out, Replay replay) {
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("identical", replay.isIdentical());
            fields.put("from_step", replay.from());
            fields.put("to_step", replay.to());
            fields.put("other_losses", replay.otherLosses());
            fields.put("other_weights", replay.otherWeights());
            fields.put("other_moments", replay.otherMoments());
            out.println(JsonText.write(fields));
        } else {
            out.printf(
                    "steps %d to %d again: %s%n",
                    replay.from() + 1,
                    replay.to(),
                    replay.isIdentical() ? "bit by bit the same" : "NOT the same");
            line(out, "losses", replay.otherLosses());
            line(out, "weights", replay.otherWeights());
            line(out, "moments", replay.otherMoments());
        }
        out.flush();
    }

    private static void line(PrintWriter out, String what, List<?> others) {
        String shown =
                others.isEmpty()
                        ? "identical"
                        : "%d differ: %s%s"
                                .formatted(
                                        others.size(),
                                        others.subList(0, Math.min(NAMES_SHOWN, others.size())),
                                        others.size() > NAMES_SHOWN ? " ..." : "");
        out.printf("%-8s %s%n", what, shown);
    }
}
