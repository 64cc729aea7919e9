package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.tensor.Dtype;
import dev.attune.train.Recipe;
import dev.attune.train.RunFolder;

import picocli.CommandLine.Model.CommandSpec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What there is to talk to: a model, and what was trained on it.
///
/// @param model the folder of the weights
/// @param adapter the folder of an adapter for them
/// @param text the folder with tokenizer, template and generation_config.json
/// @param template a chat template in place of that folder's own
/// @param dtype the type of weights that fits, if somebody chose one
/// @param notes what a person should know of the choice
record ChatSource(
        Path model,
        Optional<Path> adapter,
        Path text,
        Optional<Path> template,
        Optional<Dtype> dtype,
        List<String> notes) {
    private static final List<String> TOKENIZERS =
            List.of("tokenizer.json", "tokenizer.model", "vocab.json");

    ChatSource {
        notes = List.copyOf(notes);
    }

    /// Finds out what a name stands for: a run, an adapter's folder, or a model.
    ///
    /// @param base the model of an adapter's folder, if the caller named one
    /// @param spec the command's, which leads to the environment
    /// @throws AttuneException of kind USER if it stands for nothing that can talk
    static ChatSource of(String name, Optional<String> base, CommandSpec spec) {
        Path folder = ModelArgument.weights(name, spec);
        if (RunFolder.is(folder)) {
            if (base.isPresent()) {
                throw AttuneException.user("A run knows its base; --base is for an adapter alone.")
                        .at(folder)
                        .fix("Leave --base out.");
            }
            return ofRun(RunFolder.open(folder), spec);
        }
        if (Files.isRegularFile(folder.resolve("adapter_config.json"))) {
            return ofAdapter(folder, base, spec);
        }
        if (base.isPresent()) {
            throw AttuneException.user("The folder has no adapter_config.json.")
                    .at(folder)
                    .fix("Give the folder of an adapter, or leave --base out for a whole model.");
        }
        if (!Files.isRegularFile(folder.resolve("config.json"))) {
            String what =
                    Files.isDirectory(folder) ? "is no model, adapter or run" : "is not there";
            throw AttuneException.user("The folder " + what + ".")
                    .at(folder)
                    .fix(
                            "Give a run of attune train, or a folder with config.json,"
                                    + " model.safetensors and tokenizer.json.");
        }
        return ofModel(folder);
    }

    private static ChatSource ofModel(Path folder) {
        return new ChatSource(
                folder, Optional.empty(), folder, Optional.empty(), Optional.empty(), List.of());
    }

    private static ChatSource ofAdapter(Path folder, Optional<String> base, CommandSpec spec) {
        String name =
                base.orElseThrow(() ->
                        AttuneException.user("An adapter alone is no model: --base is missing.")
                                .at(folder)
                                .fix("Name the model that it was trained on with --base MODEL."));
        Path model = ModelArgument.weights(name, spec);
        return new ChatSource(
                model,
                Optional.of(folder),
                hasTokenizer(folder) ? folder : model,
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    private static ChatSource ofRun(RunFolder run, CommandSpec spec) {
        Recipe recipe = run.recipe();
        Optional<Path> ended =
                Stream.of(run.adapter(), run.model()).flatMap(Optional::stream).findFirst();
        Path result = ended.or(() -> newestCheckpoint(run)).orElseThrow(() -> nothingYet(run));
        List<String> notes =
                ended.isPresent()
                        ? List.of()
                        : List.of("The run has not ended; this is " + result.getFileName() + ".");
        boolean adapts = Files.isRegularFile(result.resolve("adapter_config.json"));
        Path model = adapts ? base(recipe, spec) : result;
        return new ChatSource(
                model,
                adapts ? Optional.of(result) : Optional.empty(),
                hasTokenizer(result) ? result : model,
                hasTokenizer(result) ? Optional.empty() : recipe.model().chatTemplate(),
                Optional.of(recipe.model().dtype()),
                notes);
    }

    private static Path base(Recipe recipe, CommandSpec spec) {
        return ModelArgument.weights(recipe.model().modelNameOrPath(), spec);
    }

    private static Optional<Path> newestCheckpoint(RunFolder run) {
        return run.checkpoints().reversed().stream()
                .map(run::checkpoint)
                .filter(folder ->
                        Files.isRegularFile(folder.resolve("adapter_config.json"))
                                || Files.isRegularFile(folder.resolve("config.json")))
                .findFirst();
    }

    private static AttuneException nothingYet(RunFolder run) {
        return AttuneException.user("The run has neither a result nor a checkpoint yet.")
                .at(run.path())
                .fix("Wait for its first checkpoint; attune runs show tells how far it is.");
    }

    private static boolean hasTokenizer(Path folder) {
        return TOKENIZERS.stream().anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
    }
}
