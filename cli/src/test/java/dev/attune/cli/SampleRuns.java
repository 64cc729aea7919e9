package dev.attune.cli;

import dev.attune.model.Adapter;
import dev.attune.model.Decoder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Scope;
import dev.attune.testkit.SharedData;
import dev.attune.train.EventLog;
import dev.attune.train.Recipe;
import dev.attune.train.RecipeReader;
import dev.attune.train.RecipeWriter;
import dev.attune.train.TrainEvent;
import dev.attune.train.TrainEvent.Ended;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Reason;
import dev.attune.train.TrainEvent.Started;
import dev.attune.train.TrainEvent.Stepped;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/// Folders of runs, and of a small model that they could have been trained on.
final class SampleRuns {
    static final Instant TIME = Instant.parse("2026-01-31T09:30:00Z");

    /// Every role by its name, on lines of their own.
    static final String TEMPLATE =
            "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
                    + "{% if add_generation_prompt %}assistant:{% endif %}";

    private SampleRuns() {}

    /// A copy of a small model of English stories, with a chat template.
    static Path chatModel(Path folder) {
        Path from = SharedData.path("models/tinystories-656K");
        try (Stream<Path> files = Files.list(from)) {
            Files.createDirectories(folder);
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
            Files.writeString(folder.resolve("chat_template.jinja"), TEMPLATE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }

    /// A run's folder with its recipe alone.
    static Path run(Path folder, String model, String... settings) {
        List<String> all =
                new ArrayList<>(List.of("model_name_or_path=" + model, "output_dir=" + folder));
        if (Arrays.stream(settings).noneMatch(setting -> setting.startsWith("data="))) {
            all.add("data=train.jsonl");
        }
        all.addAll(Arrays.asList(settings));
        Path root = folder.toAbsolutePath().getRoot();
        Recipe recipe = RecipeReader.of(all, root).recipe();
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("recipe.yaml"), RecipeWriter.yaml(recipe));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }

    /// The adapter of a run, or of a checkpoint of it, which changes what the model says.
    static void adapter(Path run, String name, Path model) {
        Recipe recipe = RecipeReader.read(run.resolve("recipe.yaml"), List.of(), run).recipe();
        try (Decoder decoder = Decoder.load(model, Dtype.FLOAT32, Device.CPU);
                Generator random = Generator.seeded(3);
                var _ = Scope.open("sample");
                Adapter adapter = Adapter.fresh(recipe.lora().config(), decoder, random)) {
            adapter.attach();
            adapter.parameters().stream()
                    .filter(weight -> weight.name().contains("lora_B"))
                    .forEach(weight -> weight.data().fillInPlace(0.1));
            adapter.save(Files.createDirectories(run.resolve(name)), model.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Writes events, a second apart.
    static Path events(Path run, List<TrainEvent> events) {
        var clock = new Clock();
        try (EventLog log = EventLog.begin(run.resolve("events.jsonl"), clock)) {
            for (TrainEvent event : events) {
                clock.now = clock.now.plusSeconds(1);
                log.hear(event);
            }
        }
        return run;
    }

    /// A beginning and steps whose loss falls from `loss`, judged every second step.
    static List<TrainEvent> steps(long done, long all, double loss) {
        List<TrainEvent> events = new ArrayList<>();
        events.add(new Started(0, all, 1200, 60, 1000, 660_000));
        for (long step = 1; step <= done; step++) {
            double now = loss / Math.sqrt((double) step);
            events.add(new Stepped(step, step / 10.0, now, 0.5, 1e-4, 2048, 1024, 0.25));
            if (step % 2 == 0) {
                events.add(new Evaluated(step, now + 0.1, 0.5, 4096, true, 1.5));
            }
        }
        return events;
    }

    /// The same, with an end.
    static List<TrainEvent> ended(long done, long all, double loss, Reason reason) {
        List<TrainEvent> events = steps(done, all, loss);
        events.add(new Ended(done, reason, OptionalDouble.of(loss), Path.of("adapter")));
        return events;
    }

    private static final class Clock implements InstantSource {
        private Instant now = TIME;

        @Override
        public Instant instant() {
            return now;
        }
    }
}
