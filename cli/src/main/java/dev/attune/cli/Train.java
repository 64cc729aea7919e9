package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.data.ColumnMapping;
import dev.attune.data.HubRows;
import dev.attune.train.Recipe;
import dev.attune.train.RecipeReader;
import dev.attune.train.Training;
import dev.attune.train.TrainingOutcome;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// `attune train`: from a data file and a base model to a tuned model.
@Command(
        name = "train",
        description = {
            "Tunes a model on rows of a data set.",
            "",
            "What it does is a recipe: a YAML file, settings key=value, or both; settings win."
                    + " docs/formats/recipe.md lists the keys. The run folder keeps the whole"
                    + " recipe, checkpoints, events.jsonl, report.html, and the result as adapter/"
                    + " or model/."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune train --model models/my-chat-model --data train.jsonl -o my-run",
            "  attune train recipes/lora.yaml learning_rate=1e-4 num_train_epochs=1",
            "  attune train --model models/my-chat-model --data train.jsonl --tuning full -o my-run"
        })
final class Train implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..*",
            paramLabel = "RECIPE.yaml|key=value",
            description = "A recipe, and settings that win over it.")
    private List<String> arguments = new ArrayList<>();

    @Option(
            names = "--model",
            paramLabel = "M",
            description = "The model: starter, a folder, or hf:owner/name[@revision].")
    private @Nullable String model;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description =
                    "A file or folder of rows, or hf:owner/name[/path][@revision][:[config:]split];"
                            + " may be given several times.")
    private List<String> data = new ArrayList<>();

    @Option(
            names = "--column",
            paramLabel = "NEW=OLD",
            description = "Take the column OLD as NEW, such as prompt=question; repeatable.")
    private List<String> columns = new ArrayList<>();

    @Option(names = "--eval-data", paramLabel = "FILE", description = "Held-out rows, likewise.")
    private List<String> evalData = new ArrayList<>();

    @Option(names = "--method", paramLabel = "METHOD", description = "How the loss is made: sft.")
    private @Nullable String method;

    @Option(
            names = "--tuning",
            paramLabel = "TUNING",
            description = "Which weights train: lora or full.")
    private @Nullable String tuning;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "RUN",
            description = "The run folder, which must be new.")
    private @Nullable String output;

    @Option(names = "--json", description = "Write one JSON object at the end.")
    private boolean json;

    @Override
    public Integer call() {
        RecipeReader.Reading reading = reading();
        try (RunSurroundings surroundings = RunSurroundings.open(spec)) {
            reading.notes().forEach(surroundings::note);
            HubRows hub = HubSources.of(spec);
            // The run keeps the commit, so that it goes on with the same rows whatever is pushed.
            Recipe recipe = reading.recipe().withSources(hub::atCommit);
            TrainingOutcome outcome = Training.begin(recipe, surroundings.host(recipe));
            return RunOutcome.print(spec, outcome, json);
        }
    }

    private RecipeReader.Reading reading() {
        Path here = Path.of("").toAbsolutePath();
        List<String> files =
                arguments.stream().filter(argument -> argument.indexOf('=') < 0).toList();
        if (files.size() > 1) {
            throw AttuneException.user("Two recipes are given: " + String.join(", ", files) + ".")
                    .fix("Give one file, and settings as key=value.");
        }
        List<String> settings = settings();
        return files.isEmpty()
                ? RecipeReader.of(settings, here)
                : RecipeReader.read(Path.of(files.getFirst()), settings, here);
    }

    private List<String> settings() {
        List<String> settings =
                new ArrayList<>(
                        arguments.stream().filter(argument -> argument.indexOf('=') >= 0).toList());
        add(settings, "model_name_or_path", model);
        if (!data.isEmpty()) {
            settings.add("data=" + quoted(data));
        }
        ColumnMapping.parse(columns)
                .from()
                .forEach((name, old) -> settings.add("columns." + name + "=" + quoted(old)));
        if (!evalData.isEmpty()) {
            settings.add("eval_data=" + quoted(evalData));
        }
        add(settings, "method", method);
        add(settings, "tuning", tuning);
        add(settings, "output_dir", output);
        return settings;
    }

    private static void add(List<String> settings, String key, @Nullable String value) {
        if (value != null) {
            settings.add(key + "=" + quoted(value));
        }
    }

    private static String quoted(List<String> words) {
        return words.stream().map(Train::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    /// As YAML, whatever characters it has.
    private static String quoted(String word) {
        return "'" + word.replace("'", "''") + "'";
    }
}
