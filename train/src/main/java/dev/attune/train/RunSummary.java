package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Started;
import dev.attune.train.TrainEvent.Stepped;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/// How a run stands, read from its folder while it runs or afterwards: `recipe.yaml`,
/// `events.jsonl` and the folders of checkpoints and results. Immutable.
public final class RunSummary {
    /// A run may load its model, judge and save between two steps.
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

    private static final double SILENT_STEPS = 10;

    private final RunFolder folder;
    private final Recipe recipe;
    private final ReportHistory history;
    private final RunState state;
    private final OptionalLong checkpoint;

    private RunSummary(RunFolder folder, Recipe recipe, ReportHistory history, RunState state) {
        this.folder = folder;
        this.recipe = recipe;
        this.history = history;
        this.state = state;
        this.checkpoint = folder.checkpoints().stream().mapToLong(Long::longValue).max();
    }

    /// Reads a run. A last event that was not written whole is passed over.
    ///
    /// @param now decides whether a run that has not ended is still running, where its lock does
    ///   not tell: the age of its last event
    /// @throws AttuneException of kind USER if the folder is no run, or its files are damaged
    public static RunSummary of(Path path, Instant now) {
        RunFolder folder = RunFolder.open(path);
        Recipe recipe = folder.recipe();
        List<EventEntry> events =
                Files.isRegularFile(folder.events())
                        ? EventReader.read(folder.events())
                        : List.of();
        ReportHistory history = ReportHistory.of(events);
        return new RunSummary(folder, recipe, history, state(folder, history, now));
    }

    private static RunState state(RunFolder folder, ReportHistory history, Instant now) {
        if (history.ended().isPresent()) {
            return switch (history.ended().get().reason()) {
                case FINISHED -> RunState.FINISHED;
                case EARLY_STOPPING -> RunState.STOPPED_EARLY;
                case DIVERGED -> RunState.DIVERGED;
                case STOPPED -> RunState.STOPPED;
            };
        }
        if (history.diverged().isPresent()) {
            return RunState.DIVERGED;
        }
        if (history.lastTime().isEmpty()) {
            return RunState.NOT_STARTED;
        }
        return RunLock.isTaken(folder).orElseGet(() -> isRecent(history, now))
                ? RunState.RUNNING
                : RunState.INTERRUPTED;
    }

    private static boolean isRecent(ReportHistory history, Instant now) {
        double slowest =
                DoubleStream.concat(
                                history.steps().stream().mapToDouble(Stepped::seconds),
                                history.evaluations().stream().mapToDouble(Evaluated::seconds))
                        .max()
                        .orElse(0);
        double silence = Duration.between(history.lastTime().orElseThrow(), now).toMillis() / 1e3;
        double patience = Math.max((double) LONGEST_SILENCE.toSeconds(), SILENT_STEPS * slowest);
        return silence <= patience;
    }

    /// The name of its folder.
    public String name() {
        return String.valueOf(folder.path().getFileName());
    }

    /// Its folder.
    public RunFolder folder() {
        return folder;
    }

    /// What it does.
    public Recipe recipe() {
        return recipe;
    }

    /// How it stands.
    public RunState state() {
        return state;
    }

    /// How many steps are done.
    public long step() {
        return history.steps().isEmpty() ? 0 : history.steps().getLast().step();
    }

    /// How many steps there are to do, once it is known.
    public OptionalLong allSteps() {
        return history.started().stream().mapToLong(Started::steps).findFirst();
    }

    /// All steps that were done, in order.
    public List<Stepped> steps() {
        return history.steps();
    }

    /// All judgements of held-out rows, in order.
    public List<Evaluated> evaluations() {
        return history.evaluations();
    }

    /// The judgement with the lowest loss.
    public Optional<Evaluated> best() {
        return history.best();
    }

    /// The newest checkpoint that is there.
    public OptionalLong checkpoint() {
        return checkpoint;
    }

    /// Where the result is, if there is one.
    public Optional<Path> result() {
        return Stream.of(folder.adapter(), folder.model()).flatMap(Optional::stream).findFirst();
    }

    /// The time that steps and judgements took.
    public double seconds() {
        return history.stepSeconds() + history.evalSeconds();
    }

    /// Tokens of all steps over their time; 0 before the first.
    public double tokensPerSecond() {
        return history.stepSeconds() > 0 ? history.tokens() / history.stepSeconds() : 0;
    }

    /// When the last event was written.
    public Optional<Instant> lastTime() {
        return history.lastTime();
    }

    /// What the report tells in words, by name, in its order.
    public Map<String, String> facts() {
        return new ReportFacts(history).table();
    }

    /// How it went, in a sentence or two.
    public String sentence() {
        return new ReportFacts(history).summary();
    }

    ReportHistory history() {
        return history;
    }
}
