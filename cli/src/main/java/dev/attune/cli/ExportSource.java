package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.export.GgufLoraImport;
import dev.attune.train.RunFolder;

import picocli.CommandLine.Model.CommandSpec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What is exported: a model, with or without an adapter.
///
/// @param run the run it is the result of, if it was named so
record ExportSource(Path model, Optional<Path> adapter, Optional<RunFolder> run) {
    private static final String ADAPTER_CONFIG = "adapter_config.json";

    /// Finds out what a name stands for: a run, an adapter's folder, or a model.
    ///
    /// @param base the model of an adapter, if the caller named one
    /// @throws AttuneException of kind USER if base and adapter do not go together, or a run has no
    ///   result yet
    static ExportSource of(String name, Optional<String> base, CommandSpec spec) {
        Path path = ModelArgument.path(name, spec);
        if (GgufFolder.is(path) && GgufLoraImport.is(path)) {
            Path model = ModelArgument.weights(requireBase(base, path), spec);
            Path adapter = GgufFolder.ofAdapter(path, model, spec);
            return new ExportSource(model, Optional.of(adapter), Optional.empty());
        }
        Path folder = ModelArgument.weights(name, spec);
        if (RunFolder.is(folder)) {
            return ofRun(RunFolder.open(folder), base, spec);
        }
        Path below = folder.resolve("adapter");
        for (Path adapter : new Path[] {folder, below}) {
            if (Files.exists(adapter.resolve(ADAPTER_CONFIG))) {
                Path model = ModelArgument.weights(requireBase(base, adapter), spec);
                return new ExportSource(model, Optional.of(adapter), Optional.empty());
            }
        }
        if (base.isPresent()) {
            throw AttuneException.user("The folder has no " + ADAPTER_CONFIG + ".")
                    .at(folder)
                    .fix("Give the folder of an adapter, or leave --base out for a whole model.");
        }
        return new ExportSource(folder, Optional.empty(), Optional.empty());
    }

    private static String requireBase(Optional<String> base, Path adapter) {
        return base.orElseThrow(() ->
                AttuneException.user("An adapter alone is no model: --base is missing.")
                        .at(adapter)
                        .fix("Name the model that it was trained on with --base MODEL."));
    }

    private static ExportSource ofRun(RunFolder run, Optional<String> base, CommandSpec spec) {
        if (run.model().isPresent()) {
            return new ExportSource(run.model().get(), Optional.empty(), Optional.of(run));
        }
        Path adapter =
                run.adapter()
                        .orElseThrow(() ->
                                AttuneException.user("The run has no result yet.")
                                        .at(run.path())
                                        .fix("attune resume " + run.path() + " ends it."));
        String model = base.orElseGet(() -> run.recipe().model().modelNameOrPath());
        return new ExportSource(
                ModelArgument.weights(model, spec), Optional.of(adapter), Optional.of(run));
    }
}
