package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.data.Progress;
import dev.attune.train.Recipe;
import dev.attune.train.TrainingHost;

import picocli.CommandLine.Model.CommandSpec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;

/// What the commands that train share: where notes and progress go, and how a person stops a run.
///
/// Whoever opens it closes it.
final class RunSurroundings implements AutoCloseable {
    private final CommandSpec spec;
    private final PrintWriter err;
    private final StopSignal signal = StopSignal.install();
    private final RowProgress rows;
    private Optional<TerminalProgress> steps = Optional.empty();

    private RunSurroundings(CommandSpec spec) {
        this.spec = spec;
        this.err = spec.commandLine().getErr();
        this.rows = RowProgress.open(spec);
    }

    static RunSurroundings open(CommandSpec spec) {
        return new RunSurroundings(spec);
    }

    /// What a run needs that goes on: of the hub's data sets it takes what the cache has, which its
    /// manifest is held against.
    TrainingHost again(Recipe recipe) {
        return host(recipe).with(HubSources.of(spec).fromCacheFirst());
    }

    /// What a run of this recipe needs.
    TrainingHost host(Recipe recipe) {
        Path base = ModelArgument.weights(recipe.model().modelNameOrPath(), spec);
        TerminalProgress progress =
                new TerminalProgress(
                        err,
                        Screens.of(spec),
                        recipe.intervals().loggingSteps(),
                        Clock.systemUTC());
        steps = Optional.of(progress);
        return new TrainingHost(
                base,
                HubSources.of(spec),
                progress,
                this::note,
                new StoppedProgress(rows, signal),
                Clock.systemUTC(),
                LocalDateTime.now(ZoneId.systemDefault()),
                signal::isRaised,
                Version.number());
    }

    /// A sentence for a person.
    void note(String sentence) {
        err.println(sentence);
        err.flush();
    }

    /// Leaves the lines of progress, so that an error begins on one of its own.
    @Override
    public void close() {
        rows.close();
        steps.ifPresent(TerminalProgress::leaveLine);
        signal.close();
    }

    /// Progress over the data, which ends at once when a person stops the run: there is nothing to
    /// save before the first step.
    private record StoppedProgress(RowProgress shown, StopSignal signal) implements Progress {
        @Override
        public void rows(long done) {
            at(done, 0);
        }

        @Override
        public void begins(String what, long total) {
            shown.begins(what, total);
        }

        @Override
        public void at(long done, long ofTotal) {
            if (signal.isRaised()) {
                throw AttuneException.user("Stopped while the data was being prepared.")
                        .fix("Run the command again; what was prepared so far is made anew.");
            }
            shown.at(done, ofTotal);
        }
    }
}
