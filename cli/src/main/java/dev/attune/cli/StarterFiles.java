package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.starter.Starter;

import picocli.CommandLine.Model.CommandSpec;

import java.nio.file.Files;

/// The embedded model and its data as files, in the cache of the environment.
final class StarterFiles {
    private StarterFiles() {}

    /// Unpacks them if they are not there yet.
    ///
    /// @throws AttuneException of kind USER if the model was not made yet
    /// @param spec the command's, which leads to the environment
    static Starter of(CommandSpec spec) {
        Starter starter = Starter.unpackedIn(HubEnvironment.of(spec).ownCache());
        if (!Files.isDirectory(starter.model())) {
            throw AttuneException.user("The starter model is not part of this build.")
                    .fix(
                            "starter/make model makes it, in an hour and a half; or"
                                    + " give a folder, or hf:owner/name after attune model pull.");
        }
        return starter;
    }
}
