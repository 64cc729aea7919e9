package dev.attune.cli;

import dev.attune.train.Recipe;
import dev.attune.train.TrainListener;
import dev.attune.train.TrainingHost;

import picocli.CommandLine.Model.CommandSpec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneId;

/// What the commands that train share: where notes and progress go, and how a person stops a run.
///
/// Whoever opens it closes it.
final class RunSurroundings implements AutoCloseable {
    private final CommandSpec spec;
    private final PrintWriter err;
    private final StopSignal signal = StopSignal.install();

    private RunSurroundings(CommandSpec spec) {
        this.spec = spec;
        this.err = spec.commandLine().getErr();
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
        TrainListener progress =
                new TerminalProgress(
                        err,
                        Screens.of(spec),
                        recipe.intervals().loggingSteps(),
                        Clock.systemUTC());
        return new TrainingHost(
                base,
                HubSources.of(spec),
                progress,
                this::note,
                new RowProgress(err, Screens.of(spec), Clock.systemUTC()),
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

    @Override
    public void close() {
        signal.close();
    }
}
