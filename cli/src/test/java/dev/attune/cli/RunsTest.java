package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.train.TrainEvent;
import dev.attune.train.TrainEvent.Diverged;
import dev.attune.train.TrainEvent.Reason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// What `attune runs` reads from the folders of runs.
class RunsTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void listsTheRunsOfAFolderWithTheirStates() throws IOException {
        finished("done");
        SampleRuns.events(run("broken-off", "num_train_epochs=5"), SampleRuns.steps(6, 20, 2));
        Files.createDirectories(folder.resolve("broken-off/checkpoint-4"));
        SampleRuns.events(run("early"), SampleRuns.ended(7, 20, 2, Reason.EARLY_STOPPING));
        run("fresh");
        Files.createDirectories(folder.resolve("foreign"));
        Ran ran = runs("list", folder.toString());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out().lines()).hasSize(5);
        assertThat(ran.out())
                .startsWith("RUN ")
                .containsPattern("(?m)^done +finished +base +lora +4/4 +1\\.1 +1\\.1 +2026-01-31 ")
                .containsPattern(
                        "(?m)^broken-off +interrupted at 6/20, has checkpoint-4 +base +lora +6/20")
                .containsPattern("(?m)^early +stopped early +base +lora +7/20")
                .containsPattern("(?m)^fresh +not started +base +lora +0 +- +- +-$");
    }

    @Test
    void aFolderThatIsARunIsListedItself() {
        finished("done");
        JsonNode found = runs("list", folder.resolve("done").toString(), "--json").json();
        assertThat(found).hasSize(1);
        assertThat(found.get(0).get("run").asString()).isEqualTo("done");
        assertThat(found.get(0).get("step").asLong()).isEqualTo(4);
        assertThat(found.get(0).get("best_eval_loss").asDouble()).isEqualTo(1.1);
    }

    @Test
    void aFolderWithoutRunsSaysHowToMakeOne() {
        Ran ran = runs("list", folder.toString());
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("There is no run in ").contains("attune train RECIPE.yaml");
        assertThat(runs("list", folder.toString(), "--json").json()).isEmpty();
        Ran missing = runs("list", folder.resolve("x").toString());
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).contains("does not exist");
    }

    @Test
    void aDamagedRunDoesNotHideTheOthers() throws IOException {
        finished("done");
        Files.writeString(run("odd").resolve("recipe.yaml"), "learning_rat: 3\n");
        Ran ran = runs("list", folder.toString());
        assertThat(ran.out()).contains("done");
        assertThat(ran.err()).contains(folder.resolve("odd") + ": ");
    }

    @Test
    void aTornLastLineIsPassedOver() throws IOException {
        Path run = SampleRuns.events(run("torn"), SampleRuns.steps(6, 20, 2));
        Files.writeString(
                run.resolve("events.jsonl"), "{\"time\":\"2026", StandardOpenOption.APPEND);
        Ran ran = runs("show", run.toString());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).startsWith("torn: interrupted at 6/20, no checkpoint\n");
    }

    @Test
    void showsWhatDiffersFromTheDefaultsTheCurvesAndWhatComesNext() {
        finished("done", "learning_rate=3e-4", "r=8");
        String run = folder.resolve("done").toString();
        Ran ran = runs("show", run);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out())
                .startsWith("done: finished\n")
                .containsPattern("(?m)^  learning_rate +0\\.0003$")
                .containsPattern("(?m)^  r +8$")
                .doesNotContain("lora_alpha", "output_dir", "weight_decay")
                .containsPattern("(?m)^training loss +█▄▂▁  2 to 1$")
                .containsPattern("(?m)^held-out loss +█▁  1\\.514 to 1\\.1$")
                .containsPattern("(?m)^next +attune chat " + run + "$");
        JsonNode json = runs("show", run, "--json").json();
        assertThat(json.get("recipe").get("r").asString()).isEqualTo("8");
        assertThat(json.get("next").asString()).isEqualTo("attune chat " + run);
    }

    @Test
    void aRunThatDivergedIsToldToGoSlower() {
        Path run = run("wild", "learning_rate=4e-4");
        List<TrainEvent> events = SampleRuns.steps(3, 20, 2);
        events.add(new Diverged(4, Double.NaN, 1, List.of("train.jsonl:7")));
        SampleRuns.events(run, events);
        assertThat(runs("show", run.toString()).out())
                .startsWith("wild: diverged at 3/20, no checkpoint\n")
                .contains("train.jsonl:7")
                .contains("-o DIR learning_rate=0.0001\n");
    }

    @Test
    void comparesKeysLossesAndSpeedSideBySide() throws IOException {
        finished("a", "learning_rate=3e-4");
        SampleRuns.events(
                run("b", "learning_rate=1e-3"), SampleRuns.ended(8, 8, 3, Reason.FINISHED));
        Path page = folder.resolve("compared.html");
        String a = folder.resolve("a").toString();
        String b = folder.resolve("b").toString();
        Ran ran = runs("compare", a, b, "--html", page.toString());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out())
                .containsPattern("(?m)^ +a +b$")
                .containsPattern("(?m)^learning_rate +0\\.0003 +0\\.001$")
                .containsPattern("(?m)^steps +4 of 4 +8 of 8$")
                .containsPattern("(?m)^tokens/s +8,192 +8,192$")
                .doesNotContain("lora_alpha");
        assertThat(page)
                .content()
                .contains("<svg", "Held-out loss", "key run1", "<th scope=\"row\">learning_rate")
                .doesNotContain("<script", "http://", "https://");
        JsonNode json = runs("compare", a, b, "--json").json();
        assertThat(json.get("recipe").get("learning_rate")).hasSize(2);
        assertThat(json.get("runs")).hasSize(2);
    }

    @Test
    void whatIsNoRunIsRefused() {
        finished("a");
        Ran ran = runs("compare", folder.resolve("a").toString(), folder.toString());
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("This is no run: it has no recipe.yaml.");
        assertThat(runs("show", folder.resolve("none").toString()).err())
                .contains("This is no run: it is no folder.");
    }

    private Path run(String name, String... settings) {
        return SampleRuns.run(folder.resolve(name), folder.resolve("base").toString(), settings);
    }

    private void finished(String name, String... settings) {
        SampleRuns.events(run(name, settings), SampleRuns.ended(4, 4, 2, Reason.FINISHED));
    }

    private static Ran runs(String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "runs";
        System.arraycopy(args, 0, all, 1, args.length);
        return Ran.of(all);
    }
}
