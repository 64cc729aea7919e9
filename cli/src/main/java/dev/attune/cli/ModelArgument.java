package dev.attune.cli;

import dev.attune.base.AttuneException;

import picocli.CommandLine.Parameters;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// The model that a command works on.
final class ModelArgument {
    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "Folder of a Hugging Face model: config.json and safetensors files.")
    private String model = "";

    /// The folder it names.
    ///
    /// @throws AttuneException if it names none
    Path folder() {
        return path(model);
    }

    /// The path that a model's name is.
    ///
    /// @throws AttuneException if it is none
    static Path path(String model) {
        if (model.startsWith("hf:")) {
            throw AttuneException.user("This version does not download models: " + model + ".")
                    .fix("Download the model's files into a folder and give that folder.");
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
}
