package dev.attune.starter;

import dev.attune.data.Progress;
import dev.attune.model.CompanionFiles;
import dev.attune.model.Decoder;
import dev.attune.starter.CorpusText.Mixture;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The base model, from nothing.
///
/// In five parts: first to speak and to sort what customers write; then, once that goes well, to
/// look back and say again what was said; then all of it, with customers above all; then with more
/// ways to say the same; last answers that end in a note. The first part alone copies no name and
/// no number.
///
/// ```
/// work/
/// ├── text.jsonl, text-2.jsonl ...    drawn from the grammar
/// ├── first/                   vocabulary and first weights
/// ├── run/, run-2/, ...        a run for each part; goes on where it was stopped
/// ├── second/                  what the first part came to
/// └── model/                   the weights in bfloat16: what is embedded
/// ```
///
/// @param work a folder for all this; what is there is used and not made again
/// @param recipe how it trains
/// @param notes takes sentences for a person
record Pretraining(Path work, Path recipe, Consumer<String> notes) {
    private static final int FIRST_TEXTS = 130_000;
    private static final int SECOND_TEXTS = 60_000;
    private static final int THIRD_TEXTS = 54_000;
    private static final int FOURTH_TEXTS = 26_000;
    private static final int FIFTH_TEXTS = 24_000;

    /// Where the first part ends, with most of its texts unread: its learning rate is still high.
    private static final long FIRST_STEPS = 2250;

    private static final long FIRST_TEXT_SEED = 101;
    private static final long SECOND_TEXT_SEED = 104;
    private static final long THIRD_TEXT_SEED = 105;
    private static final long FOURTH_TEXT_SEED = 106;
    private static final long FIFTH_TEXT_SEED = 107;
    private static final long VOCABULARY_SEED = 102;
    private static final long WEIGHT_SEED = 103;
    private static final int REPORTED_STEPS = 20;

    /// One part.
    private record Part(Path base, Path text, Path run, List<String> settings, long steps) {}

    /// Does what is not done yet.
    ///
    /// @return the folder of the model
    Path run() throws IOException {
        Files.createDirectories(work);
        Path first = work.resolve("first");
        if (!Files.exists(first.resolve("model.safetensors"))) {
            Files.createDirectories(first);
            TokenizerFiles.write(first, StarterShape.EMBEDDED.vocabSize(), VOCABULARY_SEED);
            ModelFolder.writeFirst(first, StarterShape.EMBEDDED, WEIGHT_SEED);
        }
        Path text = text("text.jsonl", Mixture.FIRST, FIRST_TEXT_SEED, FIRST_TEXTS);
        Path run = work.resolve("run");
        train(new Part(first, text, run, List.of(), FIRST_STEPS));
        text = text("text-2.jsonl", Mixture.SECOND, SECOND_TEXT_SEED, SECOND_TEXTS);
        Path second = second(first, RunFolder.open(run).checkpoint(FIRST_STEPS));
        run = work.resolve("run-2");
        train(new Part(second, text, run, List.of("learning_rate=1.5e-3"), Long.MAX_VALUE));
        Path third = run.resolve("model");
        text = text("text-3.jsonl", Mixture.THIRD, THIRD_TEXT_SEED, THIRD_TEXTS);
        run = work.resolve("run-3");
        train(new Part(third, text, run, List.of("learning_rate=1e-3"), Long.MAX_VALUE));
        Path fourth = run.resolve("model");
        text = text("text-4.jsonl", Mixture.FOURTH, FOURTH_TEXT_SEED, FOURTH_TEXTS);
        run = work.resolve("run-4");
        train(new Part(fourth, text, run, List.of("learning_rate=1e-3"), Long.MAX_VALUE));
        Path fifth = run.resolve("model");
        text = text("text-5.jsonl", Mixture.FIFTH, FIFTH_TEXT_SEED, FIFTH_TEXTS);
        run = work.resolve("run-5");
        train(new Part(fifth, text, run, List.of("learning_rate=1e-3"), Long.MAX_VALUE));
        return rounded(run.resolve("model"));
    }

    /// What the first part came to, as a model.
    private Path second(Path first, Path reached) throws IOException {
        Path second = work.resolve("second");
        if (!Files.exists(second.resolve("model.safetensors"))) {
            Files.createDirectories(second);
            copy(CompanionFiles.of(first), second);
            copy(named(reached, "config.json"), second);
            copy(named(reached, "model.safetensors"), second);
        }
        return second;
    }

    private Path text(String name, Mixture mixture, long seed, int texts) throws IOException {
        Path file = work.resolve(name);
        if (!Files.exists(file)) {
            CorpusText corpus = new CorpusText(CorpusText.phrases(), mixture, seed);
            Jsonl.write(file, Stream.generate(corpus::next).limit(texts));
            notes.accept("text: " + texts + " rows, " + Files.size(file) + " bytes");
        }
        return file;
    }

    private void train(Part part) {
        RunFolder folder = RunFolder.at(part.run);
        if (RunFolder.is(part.run)) {
            if (folder.model().isEmpty() && !folder.checkpoints().contains(part.steps)) {
                Training.resume(folder, host(part));
            }
            return;
        }
        List<String> settings = new ArrayList<>(part.settings);
        settings.add("model_name_or_path=" + part.base.toAbsolutePath());
        settings.add("data=" + part.text.toAbsolutePath());
        settings.add("output_dir=" + part.run.toAbsolutePath());
        var reading = RecipeReader.read(recipe, settings, Path.of("").toAbsolutePath());
        reading.notes().forEach(notes);
        Training.begin(reading.recipe(), host(part));
    }

    private TrainingHost host(Part part) {
        AtomicLong step = new AtomicLong();
        return new TrainingHost(
                part.base,
                event -> hear(event, step),
                notes,
                Progress.SILENT,
                Clock.systemUTC(),
                LocalDateTime.of(2026, 1, 1, 0, 0),
                () -> step.get() >= part.steps,
                "starter");
    }

    private void hear(TrainEvent event, AtomicLong step) {
        if (!(event instanceof TrainEvent.Stepped stepped)) {
            return;
        }
        step.set(stepped.step());
        if (stepped.step() % REPORTED_STEPS == 0) {
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
        copy(CompanionFiles.of(trained), model);
        return model;
    }

    private static Map<String, Path> named(Path folder, String name) {
        return Map.of(name, folder.resolve(name));
    }

    private static void copy(Map<String, Path> files, Path to) throws IOException {
        for (Map.Entry<String, Path> file : files.entrySet()) {
            Files.copy(
                    file.getValue(),
                    to.resolve(file.getKey()),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
