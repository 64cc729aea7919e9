package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;
import dev.attune.model.Adapter;
import dev.attune.model.Decoder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.testkit.LeakCheck;
import dev.attune.text.ChatFormat;
import dev.attune.train.TrainEvent.Diverged;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Reason;
import dev.attune.train.TrainEvent.Removed;
import dev.attune.train.TrainEvent.Saved;
import dev.attune.train.TrainEvent.Stepped;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

@ExtendWith(LeakCheck.class)
class TrainingTest {
    @TempDir Path folder;

    @Test
    void aRunLeavesAllThatItsFolderPromises() throws IOException {
        SmallRun small = SmallRun.in(folder);
        List<TrainEvent> heard = new ArrayList<>();
        TrainingOutcome outcome =
                Training.begin(small.recipe("run"), small.host(heard, () -> false));
        assertThat(outcome.reason()).isEqualTo(Reason.FINISHED);
        assertThat(outcome.step()).isEqualTo(6);
        RunFolder run = outcome.folder();
        assertThat(run.recipe()).isEqualTo(small.recipe("run"));
        assertThat(run.checkpoints()).containsExactly(2L, 4L, 6L);
        assertThat(run.manifest()).exists();
        assertThat(run.report()).content().contains("<svg");
        assertThat(Files.readAllLines(run.ledger())).hasSize(24);
        assertThat(Files.readString(run.ledger()))
                .contains("\"fate\":\"trained\"", "\"fate\":\"held_out\"");
        assertThat(EventReader.read(run.events()).stream().map(EventEntry::event)).isEqualTo(heard);
        List<Evaluated> judged = of(heard, Evaluated.class);
        assertThat(judged).extracting(Evaluated::step).containsExactly(0L, 2L, 4L, 6L);
        assertThat(judged.getLast().loss()).isLessThan(judged.getFirst().loss());
        assertThat(judged.getLast().tokenAccuracy()).isBetween(0.0, 1.0);
    }

    @Test
    void theResultIsWhatTheLastCheckpointHolds() throws IOException {
        SmallRun small = SmallRun.in(folder);
        RunFolder run = Training.begin(small.recipe("run"), small.host()).folder();
        Path adapter = run.adapter().orElseThrow();
        assertThat(adapter.resolve("adapter_model.safetensors"))
                .hasSameBinaryContentAs(run.checkpoint(6).resolve("adapter_model.safetensors"));
        try (Decoder decoder = Decoder.load(small.model(), Dtype.FLOAT32, Device.CPU);
                var _ = Scope.open("test");
                Adapter loaded = Adapter.load(adapter, decoder);
                ChatFormat format = ChatFormat.load(adapter, LocalDateTime.of(2026, 1, 1, 0, 0))) {
            assertThat(loaded.config().r()).isEqualTo(16);
            assertThat(format.hasTemplate()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tuning=lora",
                "tuning=lora lora_dropout=0.1 neftune_noise_alpha=5 gradient_checkpointing=true",
                "tuning=lora use_dora=true dtype=bfloat16 optim=lion_32bit",
                "tuning=lora packing=false per_device_train_batch_size=3 optim=adafactor",
                "tuning=full optim=sgd momentum=0.9",
                "tuning=full dtype=bfloat16"
            })
    void aRunThatWasStoppedEndsBitByBitAsOneThatWasNot(String settings) throws IOException {
        SmallRun small = SmallRun.in(folder);
        String[] each = settings.split(" ", -1);
        RunFolder whole = Training.begin(small.recipe("whole", each), small.host()).folder();
        TrainingOutcome first =
                Training.begin(small.recipe("stopped", each), small.stoppingAfter(3));
        assertThat(first.reason()).isEqualTo(Reason.STOPPED);
        RunFolder stopped = first.folder();
        assertThat(stopped.checkpoints()).containsExactly(2L, 3L);
        TrainingOutcome second = Training.resume(stopped, small.host());
        assertThat(second.reason()).isEqualTo(Reason.FINISHED);
        assertSameFiles(whole.checkpoint(6), stopped.checkpoint(6));
        assertThat(numbers(stopped)).isEqualTo(numbers(whole));
    }

    @Test
    void aRunThatLostItsLastCheckpointsGoesOnFromTheOneBefore() throws IOException {
        SmallRun small = SmallRun.in(folder);
        RunFolder run = Training.begin(small.recipe("run"), small.host()).folder();
        Map<String, byte[]> before = files(run.checkpoint(6));
        for (Path gone :
                List.of(run.checkpoint(4), run.checkpoint(6), run.path().resolve("adapter"))) {
            dev.attune.format.PendingFolder.remove(gone);
        }
        Training.resume(run, small.host());
        files(run.checkpoint(6))
                .forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(before.get(name)));
        assertThat(run.adapter()).isPresent();
    }

    @Test
    void aFinishedRunIsLeftAsItIs() throws IOException {
        SmallRun small = SmallRun.in(folder);
        RunFolder run = Training.begin(small.recipe("run"), small.host()).folder();
        Map<String, byte[]> before = files(run.checkpoint(6));
        List<TrainEvent> heard = new ArrayList<>();
        assertThat(Training.resume(run, small.host(heard, () -> false)).reason())
                .isEqualTo(Reason.FINISHED);
        assertThat(of(heard, Stepped.class)).isEmpty();
        assertThat(files(run.checkpoint(6)).keySet()).isEqualTo(before.keySet());
    }

    @Test
    void verifyFindsTheSameBitsAndNoticesOthers() throws IOException {
        SmallRun small = SmallRun.in(folder);
        RunFolder run = Training.begin(small.recipe("run"), small.host()).folder();
        Replay replay = Training.verify(run, 0, small.host());
        assertThat(replay.from()).isEqualTo(4);
        assertThat(replay.to()).isEqualTo(6);
        assertThat(replay.isIdentical()).isTrue();
        assertThat(Training.verify(run, 6, small.host()).from()).isZero();

        Path weights = run.checkpoint(6).resolve("adapter_model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        Replay other = Training.verify(run, 0, small.host());
        assertThat(other.otherWeights()).hasSize(1);
        assertThat(other.otherLosses()).isEmpty();
    }

    @Test
    void onlyAsManyCheckpointsStayAsWereAskedFor() {
        SmallRun small = SmallRun.in(folder);
        List<TrainEvent> heard = new ArrayList<>();
        RunFolder run =
                Training.begin(
                                small.recipe("run", "save_steps=1", "save_total_limit=2"),
                                small.host(heard, () -> false))
                        .folder();
        assertThat(run.checkpoints()).containsExactly(5L, 6L);
        assertThat(of(heard, Saved.class)).hasSize(6);
        assertThat(of(heard, Removed.class))
                .extracting(Removed::step)
                .containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void earlyStoppingEndsTheRunAndTheBestIsItsResult() throws IOException {
        SmallRun small = SmallRun.in(folder);
        // At this rate every step makes it worse than the one before.
        RunFolder run =
                Training.begin(
                                small.recipe(
                                        "run",
                                        "learning_rate=0.3",
                                        "lr_scheduler_type=constant",
                                        "warmup_ratio=0",
                                        "max_steps=40",
                                        "eval_steps=1",
                                        "early_stopping_patience=2",
                                        "load_best_model_at_end=true",
                                        "save_total_limit=1"),
                                small.host())
                        .folder();
        List<Evaluated> judged =
                EventReader.read(run.events()).stream()
                        .map(EventEntry::event)
                        .filter(Evaluated.class::isInstance)
                        .map(Evaluated.class::cast)
                        .toList();
        Evaluated best = judged.stream().filter(Evaluated::isBest).toList().getLast();
        long last = judged.getLast().step();
        assertThat(last).isLessThan(40).isEqualTo(best.step() + 2);
        assertThat(run.checkpoints()).containsExactly(best.step(), last);
        assertThat(run.adapter().orElseThrow().resolve("adapter_model.safetensors"))
                .hasSameBinaryContentAs(
                        run.checkpoint(best.step()).resolve("adapter_model.safetensors"));
    }

    @Test
    void aLossThatExplodesStopsTheRunAndNamesItsRows() {
        SmallRun small = SmallRun.in(folder);
        List<TrainEvent> heard = new ArrayList<>();
        TrainingOutcome outcome =
                Training.begin(
                        small.recipe(
                                "run",
                                "tuning=full",
                                "learning_rate=10",
                                "lr_scheduler_type=constant",
                                "warmup_ratio=0",
                                "max_steps=40",
                                "save_steps=1"),
                        small.host(heard, () -> false));
        assertThat(outcome.reason()).isEqualTo(Reason.DIVERGED);
        Diverged diverged = of(heard, Diverged.class).getFirst();
        assertThat(diverged.rows()).isNotEmpty().allMatch(row -> row.contains("rows.jsonl:"));
        assertThat(outcome.folder().model()).isEmpty();
        assertThat(outcome.folder().checkpoints()).allMatch(step -> step < diverged.step());
    }

    @Test
    void nothingIsLeftOfARunThatCannotBegin() throws IOException {
        SmallRun small = SmallRun.in(folder);
        Files.writeString(
                folder.resolve("rows.jsonl"),
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello?\"}]}\n");
        assertThatThrownBy(
                        () -> Training.begin(small.recipe("a/b/run", "eval_split=0"), small.host()))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("Not one token of the training rows is to be learned")
                .hasMessageContaining("rows.jsonl");
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @Test
    void aRunThatMovesNothingIsNoResult() {
        SmallRun small = SmallRun.in(folder);
        assertThatThrownBy(() ->
                        Training.begin(
                                small.recipe(
                                        "run", "max_steps=1", "warmup_steps=1", "warmup_ratio=0"),
                                small.host()))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("Training has moved none of the");
        assertThat(RunFolder.at(folder.resolve("run")).adapter()).isEmpty();
    }

    @Test
    void aCheckpointThatCannotBeWrittenEndsTheRunAndTheOneBeforeGoesOn() throws IOException {
        SmallRun small = SmallRun.in(folder);
        RunFolder whole = Training.begin(small.recipe("whole"), small.host()).folder();
        Path inTheWay = folder.resolve("run").resolve("checkpoint-4");
        List<TrainEvent> heard = new ArrayList<>();
        TrainingHost host =
                small.host(
                        heard,
                        () -> {
                            if (!heard.isEmpty()
                                    && heard.getLast() instanceof Stepped stepped
                                    && stepped.step() == 3) {
                                createFile(inTheWay);
                            }
                            return false;
                        });

        assertThatThrownBy(() -> Training.begin(small.recipe("run"), host))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("checkpoint-4");

        Files.delete(inTheWay);
        RunFolder run = RunFolder.open(folder.resolve("run"));
        assertThat(run.checkpoints()).containsExactly(2L);
        Training.resume(run, small.host());
        assertSameFiles(whole.checkpoint(6), run.checkpoint(6));
    }

    @Test
    void aMachineThatFailsEndsARunWithTheWordsThatGoOnWithIt() throws IOException {
        RunFolder run = RunFolder.at(folder);
        var full = AttuneException.resources("The disk is full.").fix("Free some space.");

        assertThat(Training.broken(full, run))
                .hasMessageContaining(
                        "Free some space. Then attune resume %s goes on from the start."
                                .formatted(folder));
        Files.createDirectory(run.checkpoint(2));
        Files.createFile(run.checkpoint(2).resolve("trainer_state.json"));
        assertThat(Training.broken(full, run))
                .hasMessageContaining("goes on from checkpoint-2.")
                .extracting(AttuneException::kind)
                .isEqualTo(ErrorKind.RESOURCES);
        var mistake = AttuneException.user("No such file.");
        assertThat(Training.broken(mistake, run)).isSameAs(mistake);
    }

    private static void createFile(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatHasChangedSinceTheRunBeganIsNamed() throws IOException {
        SmallRun small = SmallRun.in(folder);
        RunFolder run = Training.begin(small.recipe("run"), small.stoppingAfter(2)).folder();
        String rows = Files.readString(folder.resolve("rows.jsonl"));
        Files.writeString(folder.resolve("rows.jsonl"), rows.replace("cake", "pie"));
        assertThatThrownBy(() -> Training.resume(run, small.host()))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("changed since it began: data");
        Files.writeString(folder.resolve("rows.jsonl"), rows);
        assertThat(Training.resume(run, small.host()).reason()).isEqualTo(Reason.FINISHED);
    }

    private static <T> List<T> of(List<TrainEvent> events, Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /// Every number that a run has told, without times.
    private static List<String> numbers(RunFolder run) {
        return EventReader.read(run.events()).stream()
                .map(EventEntry::event)
                .flatMap(event ->
                        switch (event) {
                            case Stepped s ->
                                    Stream.of(
                                            "step %d %s %s %s %d %d"
                                                    .formatted(
                                                            s.step(),
                                                            s.loss(),
                                                            s.gradNorm(),
                                                            s.learningRate(),
                                                            s.tokens(),
                                                            s.trainedTokens()));
                            case Evaluated e ->
                                    Stream.of(
                                            "judged %d %s %s %s"
                                                    .formatted(
                                                            e.step(),
                                                            e.loss(),
                                                            e.tokenAccuracy(),
                                                            e.isBest()));
                            default -> Stream.empty();
                        })
                .toList();
    }

    private static void assertSameFiles(Path expected, Path found) throws IOException {
        Map<String, byte[]> wanted = files(expected);
        Map<String, byte[]> there = files(found);
        assertThat(there.keySet()).isEqualTo(wanted.keySet());
        wanted.forEach((name, bytes) ->
                assertThat(Arrays.equals(there.get(name), bytes)).as(name).isTrue());
    }

    private static Map<String, byte[]> files(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                files.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
            }
        }
        return files;
    }
}
