package dev.attune.train;

import dev.attune.data.Progress;
import dev.attune.testkit.SharedData;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// A run of a few steps on a checkpoint of 656K parameters, for tests.
///
/// @param folder where data and runs are
/// @param model the base
record SmallRun(Path folder, Path model) {
    private static final List<String> THINGS = List.of("ball", "dog", "cat", "hat", "boat", "cake");

    /// With 24 rows of data in a folder; skips the test where the reference data is absent.
    static SmallRun in(Path folder) {
        Path model = SharedData.path("models/tinystories-656K");
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 24; i++) {
            String thing = THINGS.get(i % THINGS.size());
            rows.append(
                    """
                    {"messages":[{"role":"user","content":"Who has %s %d?"},{"role":"assistant","content":"Tom has the %s%s."}]}
                    """
                            .formatted(thing, i, thing, " and smiles".repeat(i % 3)));
        }
        try {
            Files.writeString(folder.resolve("rows.jsonl"), rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SmallRun(folder, model);
    }

    /// A recipe of 6 steps, judged and saved every second one, with these settings on top.
    Recipe recipe(String name, String... settings) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "model_name_or_path=" + model.toAbsolutePath(),
                                "data=" + folder.resolve("rows.jsonl"),
                                "output_dir=" + folder.resolve(name),
                                "max_length=128",
                                "eval_split=0.25",
                                "learning_rate=1e-3",
                                "max_steps=6",
                                "gradient_accumulation_steps=2",
                                "eval_steps=2",
                                "save_steps=2",
                                "save_total_limit=10"));
        // A later setting of a key would be refused as a second one.
        for (String setting : settings) {
            String key = setting.substring(0, setting.indexOf('=') + 1);
            all.removeIf(one -> one.startsWith(key));
            all.add(setting);
        }
        return RecipeReader.of(all, folder.toAbsolutePath()).recipe();
    }

    /// Surroundings that hear everything into a list.
    TrainingHost host(List<TrainEvent> heard, BooleanSupplier stop) {
        return new TrainingHost(
                model,
                heard::add,
                _ -> {},
                Progress.SILENT,
                Clock.systemUTC(),
                LocalDateTime.of(2026, 1, 1, 0, 0),
                stop,
                "test");
    }

    TrainingHost host() {
        return host(new ArrayList<>(), () -> false);
    }

    /// Stops after a step.
    TrainingHost stoppingAfter(long step) {
        List<TrainEvent> heard = new ArrayList<>();
        return host(
                heard,
                () ->
                        heard.stream()
                                .anyMatch(event ->
                                        event instanceof TrainEvent.Stepped stepped
                                                && stepped.step() >= step));
    }
}
