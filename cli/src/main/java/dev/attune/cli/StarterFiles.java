package dev.attune.cli;

import dev.attune.starter.Starter;

import picocli.CommandLine.Model.CommandSpec;

/// The embedded model and its data as files, in the cache of the environment.
final class StarterFiles {
    private StarterFiles() {}

    /// Unpacks them if they are not there yet.
    ///
    /// @param spec the command's, which leads to the environment
    static Starter of(CommandSpec spec) {
        return Starter.unpackedIn(HubEnvironment.of(spec).ownCache());
    }
}
