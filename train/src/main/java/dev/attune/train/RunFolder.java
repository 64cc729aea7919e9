package dev.attune.train;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The folder of a run, and what stands where in it.
///
/// ```
/// run1/
/// ├── recipe.yaml        what the run does, with every key
/// ├── manifest.json      what it was made from: hashes of data, template, tokenizer, base; versions
/// ├── ledger.jsonl       what became of each row of the data
/// ├── events.jsonl       what happened, step by step
/// ├── report.html        the same as a page with curves
/// ├── tensorboard/       the same for TensorBoard
/// ├── tokens/            the tokenised rows
/// ├── checkpoint-50/     weights, moments and place in the data after step 50
/// └── adapter/  or  model/     the result, with tokenizer and chat template
/// ```
///
/// Reading it is possible at any time, also while a run writes it. Immutable.
public final class RunFolder {
    private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-(\\d{1,18})");

    private final Path path;

    private RunFolder(Path path) {
        this.path = path;
    }

    /// The folder at a path, whatever it holds.
    public static RunFolder at(Path path) {
        return new RunFolder(path.toAbsolutePath().normalize());
    }

    /// A run that is there.
    ///
    /// @throws AttuneException of kind USER if the folder is no run
    public static RunFolder open(Path path) {
        RunFolder folder = at(path);
        if (!is(path)) {
            String what = Files.isDirectory(path) ? "has no recipe.yaml" : "is no folder";
            throw AttuneException.user("This is no run: it " + what + ".")
                    .at(path)
                    .fix("Give the folder that attune train wrote, its -o.");
        }
        return folder;
    }

    /// Whether there is a run at a path.
    public static boolean is(Path path) {
        return Files.isRegularFile(at(path).recipeFile());
    }

    /// The folder itself, absolute.
    public Path path() {
        return path;
    }

    /// The recipe with every key.
    public Path recipeFile() {
        return path.resolve("recipe.yaml");
    }

    /// What the run was made from.
    public Path manifest() {
        return path.resolve("manifest.json");
    }

    /// What became of the rows.
    public Path ledger() {
        return path.resolve("ledger.jsonl");
    }

    /// What happened.
    public Path events() {
        return path.resolve("events.jsonl");
    }

    /// The page with curves.
    public Path report() {
        return path.resolve("report.html");
    }

    /// The files for TensorBoard.
    public Path tensorBoard() {
        return path.resolve("tensorboard");
    }

    /// The tokenised rows.
    public Path tokens() {
        return path.resolve("tokens");
    }

    /// The checkpoint after a step, there or not.
    public Path checkpoint(long step) {
        return path.resolve("checkpoint-" + step);
    }

    /// Where the result of a run is, or will be.
    public Path result(Recipe.Tuning tuning) {
        return switch (tuning) {
            case LORA -> path.resolve("adapter");
            case FULL -> path.resolve("model");
        };
    }

    /// The trained adapter, once the run has ended.
    public Optional<Path> adapter() {
        return Optional.of(result(Recipe.Tuning.LORA))
                .filter(folder -> Files.isRegularFile(folder.resolve("adapter_config.json")));
    }

    /// The trained model, once a run of full tuning has ended.
    public Optional<Path> model() {
        return Optional.of(result(Recipe.Tuning.FULL))
                .filter(folder -> Files.isRegularFile(folder.resolve("config.json")));
    }

    /// What the run does.
    ///
    /// @throws AttuneException of kind USER if the recipe is damaged
    public Recipe recipe() {
        return RecipeReader.read(recipeFile(), List.of(), path).recipe();
    }

    /// The steps of which there is a checkpoint, ascending. A checkpoint that is there is complete.
    public List<Long> checkpoints() {
        try (Stream<Path> inside = Files.list(path)) {
            return inside.map(child -> CHECKPOINT.matcher(String.valueOf(child.getFileName())))
                    .filter(Matcher::matches)
                    .map(matcher -> Long.parseLong(matcher.group(1)))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        } catch (IOException e) {
            throw AttuneException.environment("The folder of the run cannot be read.")
                    .at(path)
                    .fix("Check that it is there and that you may read it.")
                    .causedBy(e);
        }
    }
}
