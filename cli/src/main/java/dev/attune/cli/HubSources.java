package dev.attune.cli;

import dev.attune.data.HubRows;

import picocli.CommandLine.Model.CommandSpec;

import java.util.Optional;

/// Data sets of the hub, as the environment of a command says where that is.
final class HubSources {
    private HubSources() {}

    /// For a command: what is fetched is told on its standard error.
    static HubRows of(CommandSpec spec) {
        boolean terminal = spec.commandLine().getColorScheme().ansi().enabled();
        return new HubRows(
                HubEnvironment.of(spec).hub(Optional.empty()),
                new PullProgress(spec.commandLine().getErr(), terminal, System::nanoTime));
    }
}
