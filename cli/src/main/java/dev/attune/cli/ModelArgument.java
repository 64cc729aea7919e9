package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.hub.HubReference;
import dev.attune.hub.Snapshot;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/// The model that a command works on.
final class ModelArgument {
    /// Stands for the model that comes with Attune.
    private static final String STARTER = "starter";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description =
                    "Folder of a Hugging Face model: config.json and safetensors files; or a .gguf"
                            + " file; or hf:owner/name[@revision] of the cache, see model pull.")
    private String model = "";

    /// The folder it names.
    ///
    /// @throws AttuneException if it names none
    Path folder() {
        return path(model, spec);
    }

    /// As [#folder], with the model of a GGUF file unpacked.
    Path weights() {
        return weights(model, spec);
    }

    /// As [#path], with the model of a GGUF file unpacked into the cache: for who needs weights.
    static Path weights(String model, CommandSpec spec) {
        Path path = path(model, spec);
        return GgufFolder.is(path) ? GgufFolder.of(path, spec) : path;
    }

    /// The folder that a model's name stands for. Nothing is downloaded for it.
    ///
    /// @param spec the command's, which leads to the environment
    /// @throws AttuneException if it stands for none
    static Path path(String model, CommandSpec spec) {
        if (model.equals(STARTER)) {
            return StarterFiles.of(spec).model();
        }
        if (HubReference.is(model)) {
            return cached(HubReference.parse(model), HubEnvironment.of(spec));
        }
        if (model.isBlank()) {
            throw AttuneException.user("The name of the model is empty.")
                    .fix("Give the folder that holds config.json and model.safetensors.");
        }
        try {
            return Path.of(model);
        } catch (InvalidPathException e) {
            throw AttuneException.user(model + " is no path: " + e.getReason() + ".")
                    .fix("Give the folder that holds config.json and model.safetensors.")
                    .causedBy(e);
        }
    }

    private static Path cached(HubReference reference, HubEnvironment environment) {
        return environment
                .hub(Optional.empty())
                .cached(reference)
                .map(Snapshot::path)
                .orElseThrow(() ->
                        AttuneException.user("The cache has no " + reference + ".")
                                .at(environment.cache())
                                .fix("attune model pull " + reference));
    }
}
