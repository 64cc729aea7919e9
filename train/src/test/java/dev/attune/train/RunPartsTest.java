package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.data.Origin;
import dev.attune.data.TokenRows;
import dev.attune.text.TokenSequence;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Reason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/// The parts of a run that need no model.
class RunPartsTest {
    @TempDir Path folder;

    @Test
    void rowsOfTheSameTokensAreHeldOutTogether() {
        TokenRows rows = rows(5, 7, 5, 8, 5, 9, 7, 6);
        for (long seed = 0; seed < 50; seed++) {
            HeldOut split = HeldOut.draw(rows, 0.4, seed);
            assertThat(split.rows().cardinality()).isBetween(1, 3);
            assertThat(split.rows().get(1)).isEqualTo(split.rows().get(6));
            assertThat(split.rows().get(0)).isEqualTo(split.rows().get(2));
            assertThat(split.rows().get(0)).isEqualTo(split.rows().get(4));
        }
        assertThat(HeldOut.draw(rows, 0.4, 1)).isEqualTo(HeldOut.draw(rows, 0.4, 1));
        assertThat(HeldOut.draw(rows, 0, 1).rows().isEmpty()).isTrue();
    }

    @Test
    void rowsThatAreAllTheSameCannotBeHeldOut() {
        assertThat(HeldOut.draw(rows(5, 5, 5), 0.5, 1).rows().isEmpty()).isTrue();
    }

    @Test
    void heldOutRowsThatAreTrainedOnAreCounted() {
        assertThat(HeldOut.leaked(rows(5, 7, 8), rows(7, 7, 9))).isEqualTo(2);
        assertThat(HeldOut.leaked(rows(5, 7, 8), rows(6))).isZero();
    }

    @Test
    void littleDataBecomesManySteps() {
        Recipe open = recipe("num_train_epochs=3");
        TokenRows rows =
                rows(java.util.Collections.nCopies(400, 60).stream().mapToInt(i -> i).toArray());
        int rowLength = RunPlan.rowLength(open, 1024, rows);
        assertThat(rowLength).isEqualTo(750);
        RunPlan plan = RunPlan.of(open, rowLength, 34);
        assertThat(plan.accumulation()).isEqualTo(1);
        assertThat(plan.steps()).isEqualTo(102);
        assertThat(RunPlan.of(open, 1024, 10_000).accumulation()).isEqualTo(8);
    }

    @Test
    void whatIsAskedForIsKeptToTheLetter() {
        Recipe asked = recipe("gradient_accumulation_steps=4", "num_train_epochs=0.5");
        assertThat(RunPlan.rowLength(asked, 1024, rows(60, 60))).isEqualTo(1024);
        RunPlan plan = RunPlan.of(asked, 1024, 100);
        assertThat(plan.accumulation()).isEqualTo(4);
        assertThat(plan.stepsPerEpoch()).isEqualTo(25);
        assertThat(plan.steps()).isEqualTo(13);
        assertThat(RunPlan.of(recipe("max_steps=7"), 1024, 100).steps()).isEqualTo(7);
    }

    @Test
    void fiveStepsThatAreMuchWorseThanTheFirstAreAnExplosion() {
        LossWatch watch = LossWatch.NEW;
        for (double loss : new double[] {3, 2, 2, 2, 1}) {
            watch = watch.next(loss, 10);
        }
        assertThat(watch.start()).isEqualTo(2);
        for (int i = 0; i < 4; i++) {
            watch = watch.next(5.1, 10);
            assertThat(watch.isSuspicious()).isTrue();
            assertThat(watch.isExploded()).isFalse();
        }
        assertThat(watch.next(5.1, 10).isExploded()).isTrue();
        assertThat(watch.next(4.9, 10).isSuspicious()).isFalse();
    }

    @Test
    void aBeginningThatHasExplodedAlreadyCountsAsAGuess() {
        LossWatch watch = LossWatch.NEW;
        for (int i = 0; i < 10; i++) {
            watch = watch.next(i == 0 ? 3 : 400, 7);
        }
        assertThat(watch.isExploded()).isTrue();
    }

    @Test
    void theBestLossIsTheLowestWhateverThePatience() {
        TrainerState state = TrainerState.NEW.stepped(3, 10);
        state = state.evaluated(new Evaluated(1, 2, 0.5, 10, true, 0), 0.1);
        assertThat(state.worse()).isZero();
        state = state.stepped(3, 10).evaluated(new Evaluated(2, 1.95, 0.5, 10, true, 0), 0.1);
        assertThat(state.worse()).isEqualTo(1);
        assertThat(state.bestLoss()).hasValue(1.95);
        assertThat(state.bestStep()).isEqualTo(2);
        state = state.stepped(3, 10).evaluated(new Evaluated(3, 1.8, 0.5, 10, true, 0), 0.1);
        assertThat(state.worse()).isZero();
    }

    @Test
    void aStateIsReadBackToTheLastDigit() throws IOException {
        TrainerState state =
                TrainerState.NEW
                        .stepped(1.0 / 3, 10)
                        .begun(new Evaluated(0, Math.PI, 1.0 / 7, 12, false, 0))
                        .evaluated(new Evaluated(1, Math.E, 0.1, 12, true, 0), 0)
                        .ended(Reason.EARLY_STOPPING);
        Path file = folder.resolve("trainer_state.json");
        Files.write(file, TrainerStateJson.write(state));
        assertThat(TrainerStateJson.read(file)).isEqualTo(state);
        Files.write(file, TrainerStateJson.write(TrainerState.NEW.stepped(2, 10)));
        assertThat(TrainerStateJson.read(file)).isEqualTo(TrainerState.NEW.stepped(2, 10));
        Files.writeString(file, "{\"format\": 2}");
        assertThatThrownBy(() -> TrainerStateJson.read(file))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("its format is 2, expected 1")
                .hasMessageContaining("Delete this checkpoint");
    }

    @Test
    void aManifestNamesWhatHasChangedAndForgivesAnotherMachine() {
        RunManifest then =
                new RunManifest(
                        LocalDateTime.of(2026, 1, 1, 0, 0),
                        Map.of("data", "a", "threads", "2"),
                        Map.of("steps", 10L));
        Path file = folder.resolve("manifest.json");
        then.write(file);
        assertThat(RunManifest.read(file)).hasValue(then);
        assertThat(
                        then.agree(
                                new RunManifest(
                                        then.now(),
                                        Map.of("data", "a", "threads", "8"),
                                        then.plan())))
                .containsExactly(
                        "threads is 8, and was 2 when the run began: numbers may differ in their"
                                + " last digits.");
        assertThatThrownBy(() ->
                        then.agree(
                                new RunManifest(
                                        then.now(),
                                        Map.of("data", "b", "threads", "2"),
                                        Map.of("steps", 11L))))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("data, steps (10, now 11)");
    }

    @Test
    void twoProcessesCannotWriteOneRun() {
        RunFolder run = RunFolder.at(folder);
        try (RunLock _ = RunLock.of(run)) {
            assertThatThrownBy(() -> RunLock.of(run))
                    .isInstanceOf(AttuneException.class)
                    .hasMessageContaining("This run is going on in another process");
        }
        RunLock.of(run).close();
    }

    @Test
    void tellsWhetherAProcessHasARunAtOnceAndOfACopyNothing() {
        RunFolder run = RunFolder.at(folder);

        assertThat(RunLock.isTaken(run)).isEmpty();
        try (RunLock _ = RunLock.of(run)) {
            assertThat(RunLock.isTaken(run)).contains(true);
        }
        assertThat(RunLock.isTaken(run)).contains(false);
    }

    @Test
    void aFolderThatHoldsSomethingIsNotTakenForARun() throws IOException {
        Files.writeString(folder.resolve("thesis.txt"), "mine");
        assertThatThrownBy(() -> NewRun.create(RunFolder.at(folder)))
                .hasMessageContaining("The folder of the run is not empty");
        Files.writeString(folder.resolve("recipe.yaml"), "");
        assertThatThrownBy(() -> NewRun.create(RunFolder.at(folder)))
                .hasMessageContaining("There is a run in this folder already")
                .hasMessageContaining("attune resume");
        assertThat(folder.resolve("thesis.txt")).hasContent("mine");
    }

    private Recipe recipe(String... settings) {
        List<String> all =
                new ArrayList<>(List.of("model_name_or_path=starter", "data=rows.jsonl"));
        all.addAll(List.of(settings));
        return RecipeReader.of(all, folder.toAbsolutePath()).recipe();
    }

    /// Rows of these lengths; rows of one length are the same.
    private static TokenRows rows(int... lengths) {
        List<TokenSequence> rows = new ArrayList<>();
        List<Origin> origins = new ArrayList<>();
        for (int length : lengths) {
            rows.add(new TokenSequence(new int[length], new BitSet()));
            origins.add(new Origin(Path.of("rows.jsonl"), rows.size(), rows.size() - 1));
        }
        return TokenRows.of(rows, origins);
    }
}
