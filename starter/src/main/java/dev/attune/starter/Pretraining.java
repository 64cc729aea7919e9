package dev.attune.starter;

import dev.attune.data.Progress;
import dev.attune.model.CompanionFiles;
import dev.attune.model.Decoder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.train.RecipeReader;
import dev.attune.train.RunFolder;
import dev.attune.train.TrainEvent;
import dev.attune.train.Training;
import dev.attune.train.TrainingHost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The base model, from nothing.
///
/// ```
/// work/
/// ├── text.jsonl     drawn from the grammar
/// ├── first/         vocabulary and first weights
/// ├── run/           the run of the recipe; goes on where it was stopped
/// └── model/         its weights in bfloat16: what is embedded
/// ```
///
/// @param work a folder for all this; what is there is used and not made again
/// @param recipe how it trains
/// @param notes takes sentences for a person
record Pretraining(Path work, Path recipe, Consumer<String> notes) {
    /// About eight million tokens.
    private static final int TEXTS = 130_000;

    private static final long TEXT_SEED = 101;
    private static final long VOCABULARY_SEED = 102;
    private static final long WEIGHT_SEED = 103;
    private static final int REPORTED_STEPS = 20;

    /// Does what is not done yet.
    ///
    /// @return the folder of the model
    Path run() throws IOException {
        Files.createDirectories(work);
        Path text = work.resolve("text.jsonl");
        if (!Files.exists(text)) {
            CorpusText corpus = new CorpusText(CorpusText.phrases(), TEXT_SEED);
            Jsonl.write(text, Stream.generate(corpus::next).limit(TEXTS));
            notes.accept("text: " + TEXTS + " rows, " + Files.size(text) + " bytes");
        }
        Path first = work.resolve("first");
        if (!Files.exists(first.resolve("model.safetensors"))) {
            Files.createDirectories(first);
            TokenizerFiles.write(first, StarterShape.EMBEDDED.vocabSize(), VOCABULARY_SEED);
            ModelFolder.writeFirst(first, StarterShape.EMBEDDED, WEIGHT_SEED);
        }
        Path run = work.resolve("run");
        train(first, text, run);
        return rounded(run.resolve("model"));
    }

    private void train(Path first, Path text, Path run) {
        RunFolder folder = RunFolder.at(run);
        if (folder.model().isPresent()) {
            return;
        }
        if (RunFolder.is(run)) {
            Training.resume(folder, host(first));
            return;
        }
        List<String> places =
                List.of(
                        "model_name_or_path=" + first.toAbsolutePath(),
                        "data=" + text.toAbsolutePath(),
                        "output_dir=" + run.toAbsolutePath());
        var reading = RecipeReader.read(recipe, places, Path.of("").toAbsolutePath());
        reading.notes().forEach(notes);
        Training.begin(reading.recipe(), host(first));
    }

    private TrainingHost host(Path first) {
        return new TrainingHost(
                first,
                this::hear,
                notes,
                Progress.SILENT,
                Clock.systemUTC(),
                LocalDateTime.of(2026, 1, 1, 0, 0),
                () -> false,
                "starter");
    }

    private void hear(TrainEvent event) {
        if (event instanceof TrainEvent.Stepped stepped && stepped.step() % REPORTED_STEPS == 0) {
            notes.accept(
                    "step %d  loss %.4f  %.0f tokens/s"
                            .formatted(
                                    stepped.step(),
                                    stepped.loss(),
                                    stepped.tokens() / stepped.seconds()));
        }
    }

    /// The trained model with its weights in bfloat16.
    private Path rounded(Path trained) throws IOException {
        Path model = work.resolve("model");
        Files.createDirectories(model);
        try (Decoder decoder = Decoder.load(trained, Dtype.FLOAT32, Device.CPU)) {
            ModelFolder.write(model, decoder, StarterShape.EMBEDDED, Dtype.BFLOAT16);
        }
        for (Map.Entry<String, Path> file : CompanionFiles.of(trained).entrySet()) {
            Files.copy(
                    file.getValue(),
                    model.resolve(file.getKey()),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        return model;
    }
}
