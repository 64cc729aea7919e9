package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;
import dev.attune.testkit.LeakCheck;
import dev.attune.train.TrainEvent.Drawn;
import dev.attune.train.TrainEvent.Mixed;
import dev.attune.train.TrainEvent.Reason;

import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

@ExtendWith(LeakCheck.class)
class MixtureTest {
    @TempDir Path folder;

    @Test
    void theRunSeesEachRowAsOftenAsItsWeightSays() throws IOException {
        SmallRun small = SmallRun.in(folder);
        write("more.jsonl", "Where is the %d?", 10);
        List<TrainEvent> heard = new ArrayList<>();
        RunFolder run =
                Training.begin(
                                small.recipe(
                                        "run",
                                        "data=[{path: rows.jsonl, weight: 2}, {path: more.jsonl,"
                                                + " weight: 0.5}]",
                                        "eval_split=0",
                                        "packing=false",
                                        "per_device_train_batch_size=8",
                                        "gradient_accumulation_steps=1",
                                        "max_steps=14"),
                                small.host(heard, () -> false))
                        .folder();
        // An epoch has 24 * 2 + 10 * 0.5 = 53 rows, in 7 steps of 8.
        String rows = folder.resolve("rows.jsonl").toString();
        String more = folder.resolve("more.jsonl").toString();
        assertThat(heard)
                .contains(
                        new Mixed(
                                0,
                                List.of(new Drawn(rows, 2, 24, 96), new Drawn(more, 0.5, 10, 10))));
        List<String> ledger = Files.readAllLines(run.ledger());
        assertThat(ledger).hasSize(34);
        assertThat(ledger.subList(0, 24))
                .allSatisfy(line -> assertThat(line).contains("\"times_seen\":4"));
        assertThat(ledger.subList(24, 34))
                .allSatisfy(line -> assertThat(line).contains("\"times_seen\":1"));
        assertThat(Files.readString(run.report())).contains("weight 0.5, seen 10 times in the run");
    }

    @Test
    void aRowThatNoEpochDrawsIsLedgered() throws IOException {
        SmallRun small = SmallRun.in(folder);
        RunFolder run =
                Training.begin(
                                small.recipe(
                                        "run",
                                        "data=[{path: rows.jsonl, weight: 0.25}]",
                                        "eval_split=0",
                                        "max_steps=1",
                                        "warmup_ratio=0"),
                                small.host())
                        .folder();
        assertThat(Files.readAllLines(run.ledger()))
                .hasSize(24)
                .satisfies(lines ->
                        assertThat(lines.stream().filter(l -> l.contains("not_drawn")))
                                .hasSize(18));
    }

    @ParameterizedTest
    @ValueSource(strings = {"packing=true", "packing=false per_device_train_batch_size=3"})
    void aMixtureThatWasStoppedEndsBitByBitAsOneThatWasNot(String settings) throws IOException {
        SmallRun small = SmallRun.in(folder);
        write("more.jsonl", "Where is the %d?", 7);
        List<String> each = new ArrayList<>(List.of(settings.split(" ", -1)));
        each.add("data=[{path: rows.jsonl, weight: 1.5}, {path: more.jsonl, weight: 0.4}]");
        each.add("max_length=64");
        String[] all = each.toArray(String[]::new);
        RunFolder whole = Training.begin(small.recipe("whole", all), small.host()).folder();
        TrainingOutcome first =
                Training.begin(small.recipe("stopped", all), small.stoppingAfter(3));
        assertThat(first.reason()).isEqualTo(Reason.STOPPED);
        RunFolder stopped = first.folder();
        assertThat(Training.resume(stopped, small.host()).reason()).isEqualTo(Reason.FINISHED);
        try (Stream<Path> files = Files.list(whole.checkpoint(6))) {
            assertThat(files.filter(f -> f.toString().endsWith(".safetensors")))
                    .isNotEmpty()
                    .allSatisfy(file ->
                            assertThat(file)
                                    .hasSameBinaryContentAs(
                                            stopped.checkpoint(6).resolve(file.getFileName())));
        }
        assertThat(EventReader.read(stopped.events()).stream().map(EventEntry::event))
                .filteredOn(Mixed.class::isInstance)
                .hasSize(1);
        assertThat(Training.verify(stopped, 4, small.host()).isIdentical()).isTrue();
    }

    @Test
    void columnsOfASourceAreRenamedAndThoseThatAreMissingToldWithThoseThatAreThere()
            throws IOException {
        SmallRun small = SmallRun.in(folder);
        Files.writeString(
                folder.resolve("qa.jsonl"),
                "{\"question\":\"Who?\",\"answer\":{\"text\":\"Tom.\"}}\n".repeat(3)
                        + "{\"question\":\"Where?\",\"answer\":{\"text\":\"Here.\"}}\n");
        RunFolder run =
                Training.begin(
                                small.recipe(
                                        "run",
                                        "data=qa.jsonl",
                                        "columns={prompt: question, completion: answer.text}",
                                        "max_steps=1",
                                        "warmup_ratio=0"),
                                small.host())
                        .folder();
        assertThat(Files.readString(run.ledger())).contains("\"fate\":\"trained\"");
        Recipe wrong = small.recipe("other", "data=qa.jsonl", "columns={prompt: qestion, text: x}");
        Assertions.assertThatThrownBy(() -> Training.begin(wrong, small.host()))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining(
                        "The mapped column \"qestion\" is not in the row, which has question,"
                                + " answer.")
                .hasMessageContaining("Did you mean question?")
                .hasMessageContaining("qa.jsonl:1");
    }

    @Test
    void eachSourceGivesItsShareOfTheRowsThatAreHeldOut() throws IOException {
        SmallRun small = SmallRun.in(folder);
        write("more.jsonl", "Where is the %d?", 8);
        RunFolder run =
                Training.begin(
                                small.recipe(
                                        "run",
                                        "data=[rows.jsonl, more.jsonl]",
                                        "max_steps=1",
                                        "warmup_ratio=0"),
                                small.host())
                        .folder();
        List<String> held =
                Files.readAllLines(run.ledger()).stream()
                        .filter(line -> line.contains("\"use\":\"held_out\""))
                        .toList();
        assertThat(held).filteredOn(line -> line.contains("rows.jsonl")).hasSize(6);
        assertThat(held).filteredOn(line -> line.contains("more.jsonl")).hasSize(2);
    }

    private void write(String name, String question, int rows) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            text.append(
                    "{\"prompt\":\"%s\",\"completion\":\"It is at home.\"}\n"
                            .formatted(question.formatted(i)));
        }
        Files.writeString(folder.resolve(name), text);
    }
}
