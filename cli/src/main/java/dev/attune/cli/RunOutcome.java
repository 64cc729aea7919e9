package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.train.EventEntry;
import dev.attune.train.EventReader;
import dev.attune.train.RunFolder;
import dev.attune.train.TrainEvent.Diverged;
import dev.attune.train.TrainingOutcome;

import picocli.CommandLine.Model.CommandSpec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a person, or a program, is told at the end of a run.
final class RunOutcome {
    private static final int ROWS_SHOWN = 5;

    private RunOutcome() {}

    /// Prints it.
    ///
    /// @return the exit code
    /// @throws AttuneException if the run has diverged
    static int print(CommandSpec spec, TrainingOutcome outcome, boolean json) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonText.write(fields(outcome)));
        } else {
            text(out, outcome);
        }
        out.flush();
        return switch (outcome.reason()) {
            case FINISHED, EARLY_STOPPING, STOPPED -> 0;
            case DIVERGED -> throw diverged(outcome.folder());
        };
    }

    private static Map<String, Object> fields(TrainingOutcome outcome) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("run", outcome.folder().path().toString());
        fields.put("reason", outcome.reason().name().toLowerCase(Locale.ROOT));
        fields.put("step", outcome.step());
        fields.put("steps", outcome.steps());
        if (outcome.bestLoss().isPresent()) {
            fields.put("best_eval_loss", outcome.bestLoss().getAsDouble());
        }
        result(outcome).forEach((name, path) -> fields.put(name, path.toString()));
        return fields;
    }

    private static Map<String, Path> result(TrainingOutcome outcome) {
        Map<String, Path> result = new LinkedHashMap<>();
        outcome.folder().adapter().ifPresent(path -> result.put("adapter", path));
        outcome.folder().model().ifPresent(path -> result.put("model", path));
        return result;
    }

    private static void text(PrintWriter out, TrainingOutcome outcome) {
        Path run = shown(outcome.folder().path());
        result(outcome).forEach((name, path) -> out.printf("%-8s %s%n", name, shown(path)));
        out.println("report   " + shown(outcome.folder().report()));
        switch (outcome.reason()) {
            case FINISHED, EARLY_STOPPING -> {
                out.println("talk     attune chat " + run);
                out.println("ship     attune export " + run + " --to hf -o " + run + "-hf");
            }
            case STOPPED -> out.println("go on    attune resume " + run);
            case DIVERGED -> {}
        }
    }

    /// As the person would write it: from the working folder, if it lies below.
    static Path shown(Path path) {
        Path here = Path.of("").toAbsolutePath();
        return path.startsWith(here) && !path.equals(here) ? here.relativize(path) : path;
    }

    private static AttuneException diverged(RunFolder folder) {
        Diverged last =
                EventReader.read(folder.events()).stream()
                        .map(EventEntry::event)
                        .filter(Diverged.class::isInstance)
                        .map(Diverged.class::cast)
                        .reduce((before, after) -> after)
                        .orElseThrow();
        List<String> rows = last.rows();
        String shownRows = String.join(", ", rows.subList(0, Math.min(ROWS_SHOWN, rows.size())));
        String more =
                rows.size() > ROWS_SHOWN ? " and %d more".formatted(rows.size() - ROWS_SHOWN) : "";
        List<Long> checkpoints = folder.checkpoints();
        String good =
                checkpoints.isEmpty()
                        ? "no checkpoint was made before"
                        : "the last good checkpoint is "
                                + shown(folder.checkpoint(checkpoints.getLast()));
        return AttuneException.user(
                        "The run has diverged at step %d: loss %s, gradient norm %s; rows of that step: %s%s; %s."
                                .formatted(
                                        last.step(),
                                        last.loss(),
                                        last.gradNorm(),
                                        shownRows,
                                        more,
                                        good))
                .at(folder.path())
                .fix("Look at those rows, lower learning_rate, or lengthen the warm-up.");
    }
}
