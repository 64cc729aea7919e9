package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.model.Decoder;
import dev.attune.starter.Starter;
import dev.attune.tensor.Device;
import dev.attune.text.ChatFormat;
import dev.attune.train.EventEntry;
import dev.attune.train.EventReader;
import dev.attune.train.Recipe;
import dev.attune.train.RecipeReader;
import dev.attune.train.RunFolder;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Reason;
import dev.attune.train.Training;
import dev.attune.train.TrainingOutcome;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;

/// `attune quickstart`: the whole journey on the embedded model and its sample data.
@Command(
        name = "quickstart",
        description = {
            "Tunes the embedded model on sample data and shows what that was worth, offline.",
            "",
            "The starter is a small chat model that has never heard of GreenLeaf Support. It learns"
                    + " from their conversations to answer warmly and briefly, and to end with a"
                    + " triage label in JSON; then base and tuned model answer questions that were"
                    + " held out."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune quickstart",
            "  attune quickstart -o my-first-run --json"
        })
final class Quickstart implements Callable<Integer> {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String USUAL_NAME = "quickstart-run";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "RUN",
            description = "The run folder, which must be new (default: " + USUAL_NAME + ").")
    private @Nullable Path output;

    @Option(names = "--json", description = "Write one JSON object at the end.")
    private boolean json;

    @Override
    public Integer call() {
        long begun = System.nanoTime();
        Path folder = output == null ? free() : output;
        Starter starter = StarterFiles.of(spec);
        Recipe recipe = recipe(starter, folder);
        List<HeldOutRow> rows = HeldOutRow.read(starter.heldout());
        QuickstartReport report = new QuickstartReport(spec, rows);
        try (RunSurroundings surroundings = RunSurroundings.open(spec);
                ChatFormat format =
                        ChatFormat.load(
                                starter.model(), LocalDateTime.now(ZoneId.systemDefault()))) {
            Answers answers = new Answers(format, rows);
            report.introduce(surroundings::note);
            List<String> before = answers(answers, starter.model(), recipe);
            TrainingOutcome outcome = Training.begin(recipe, surroundings.host(recipe));
            if (outcome.reason() != Reason.FINISHED) {
                return RunOutcome.print(spec, outcome, json);
            }
            RunFolder run = outcome.folder();
            List<String> after = answers(answers, run.model().orElseThrow(), recipe);
            List<Evaluated> judged = judged(run);
            var base =
                    new QuickstartReport.Side(
                            before,
                            answers.labelAccuracy(before),
                            Math.exp(judged.getFirst().loss()));
            var tuned =
                    new QuickstartReport.Side(
                            after, answers.labelAccuracy(after), Math.exp(judged.getLast().loss()));
            double seconds = (System.nanoTime() - begun) / NANOS_PER_SECOND;
            report.print(base, tuned, run, new QuickstartReport.Ending(seconds, json));
            return 0;
        }
    }

    /// The recipe: what `attune train` would be given. All weights train, since an adapter leaves
    /// the embeddings of a model this small as they are, and then labels of several tokens are
    /// misspelt.
    private static Recipe recipe(Starter starter, Path folder) {
        return RecipeReader.of(
                        List.of(
                                "model_name_or_path=starter",
                                "data='" + starter.train() + "'",
                                "eval_data='" + starter.heldout() + "'",
                                "output_dir='" + folder + "'",
                                "tuning=full",
                                "learning_rate=7e-4",
                                "num_train_epochs=3",
                                "gradient_accumulation_steps=1",
                                "max_length=512",
                                "logging_steps=10"),
                        Path.of("").toAbsolutePath())
                .recipe();
    }

    private static List<String> answers(Answers answers, Path model, Recipe recipe) {
        try (Decoder decoder = Decoder.load(model, recipe.model().dtype(), Device.CPU)) {
            return answers.of(decoder);
        }
    }

    private static List<Evaluated> judged(RunFolder run) {
        return EventReader.read(run.events()).stream()
                .map(EventEntry::event)
                .filter(Evaluated.class::isInstance)
                .map(Evaluated.class::cast)
                .toList();
    }

    /// A folder of the usual name, with a number where there is one already.
    private static Path free() {
        for (int number = 1; number < 1000; number++) {
            Path folder = Path.of(number == 1 ? USUAL_NAME : USUAL_NAME + "-" + number);
            if (!Files.exists(folder)) {
                return folder;
            }
        }
        throw AttuneException.user("There are a thousand runs of quickstart here.")
                .fix("Name another folder with -o.");
    }
}
