package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `attune train` from the outside: what a newcomer types, and what goes wrong.
@ExtendWith(LeakCheck.class)
class TrainCommandTest {
    private static final String GOOD =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Who?\"},{\"role\":\"assistant\",\"content\":\"Tom.\"}]}\n";

    @TempDir Path folder;

    @Test
    void aDataFileAndAModelBecomeARunThatTalks() throws IOException {
        Ran train = train(GOOD.repeat(3), "max_steps=3");
        assertThat(train.exitCode()).as(train.err()).isZero();
        assertThat(train.out()).contains("adapter", "report", "attune chat", "attune export");
        assertThat(train.err())
                .contains(
                        "The model has no chat template",
                        "rows: 3 trained",
                        "step 3/3",
                        "finished");
        String run = folder.resolve("run").toString();
        Ran chat = Ran.of("chat", run, "--prompt", "Who?", "--json");
        assertThat(chat.exitCode()).as(chat.err()).isZero();
        assertThat(chat.json().path("answer").isString()).isTrue();
        assertThat(Ran.of("verify", run, "--json").json().path("identical").booleanValue())
                .isTrue();
        assertThat(Ran.of("runs", "show", run).exitCode()).isZero();
        Ran again = train(GOOD, "max_steps=3");
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains("There is a run in this folder already", "attune resume");
    }

    @Test
    void rowsWithoutTurnsAreTalkedToAsTheyWereLearned() {
        Ran train =
                train("{\"prompt\":\"Who?\",\"completion\":\" Tom.\"}\n".repeat(3), "max_steps=2");
        assertThat(train.exitCode()).as(train.err()).isZero();
        assertThat(train.err()).doesNotContain("chat template");
        assertThat(folder.resolve("run/adapter/tokenizer.json")).exists();
        assertThat(folder.resolve("run/adapter/chat_template.jinja")).doesNotExist();
    }

    @Test
    void rowsWithoutTurnsAreNamedWhereTheModelHasATemplate() throws IOException {
        Path template = folder.resolve("t.jinja");
        Files.writeString(
                template, "{% for m in messages %}{{ m.content }} <|end_story|>{% endfor %}");
        String row = "{\"prompt\":\"Who?\",\"completion\":\" Tom.\"}\n";
        Ran train = train(row.repeat(3), "max_steps=2", "chat_template=" + template);
        assertThat(train.exitCode()).as(train.err()).isZero();
        assertThat(train.err())
                .contains(
                        "the rows are not written by it", "attune data convert FILE --to messages");
    }

    @Test
    void whatIsTunedCanBeExportedWithoutNamingItsBase() {
        assertThat(train(GOOD.repeat(2), "max_steps=2").exitCode()).isZero();
        String run = folder.resolve("run").toString();
        String merged = folder.resolve("merged").toString();
        Ran export = Ran.of("export", run, "--to", "hf", "-o", merged, "--json");
        assertThat(export.exitCode()).as(export.err()).isZero();
        assertThat(folder.resolve("merged/model.safetensors")).exists();
    }

    @Test
    void theEndIsToldToProgramsAsOneObject() {
        Ran train = train(GOOD.repeat(2), "max_steps=2", "--json");
        assertThat(train.json().path("reason").stringValue()).isEqualTo("finished");
        assertThat(train.json().path("steps").intValue()).isEqualTo(2);
        assertThat(train.json().path("adapter").isString()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"messages": [                                            | it ends before it is complete | rows.jsonl:2
                    {"messages":[{"content":"Who?"}]}                         | has no role      | rows.jsonl:2
                    {"messages":[{"role":"assistant","content":"%LONG%"}]}    | The row has      | rows.jsonl:2
                    [1, 2]                                                    | The line holds a list | rows.jsonl:2
                    """)
    void aBadRowIsNamedByItsLineAndNothingIsLeft(String row, String what, String where) {
        Ran train = train(GOOD + row.replace("%LONG%", "ball ".repeat(600)) + "\n");
        assertRefused(train, what, where);
    }

    @Test
    void anEmptyFileHasNoRows() {
        assertRefused(train(""), "The file is empty", "rows.jsonl");
    }

    @Test
    void bytesThatAreNoUtf8AreNamedByTheirLine() throws IOException {
        Path rows = folder.resolve("rows.jsonl");
        byte[] bad = GOOD.replace("Tom", "T\u00e9o").getBytes(StandardCharsets.ISO_8859_1);
        Files.write(rows, bad);
        assertRefused(run(List.of()), "UTF-8", "rows.jsonl:1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    lerning_rate=1e-4             | lerning_rate                     | learning_rate
                    target_modules=[q_prj]        | q_prj                            | q_proj
                    chat_template=no-such.jinja   | no-such.jinja                    | Check the path
                    lora_dropout=2                | lora_dropout is 2                | from 0 to 0.99
                    warmup_steps=3.5              | warmup_steps                     | whole number
                    optim=adamw_8bit              | adamw_8bit                       | adafactor
                    lr_scheduler_type=cosin       | cosin                            | cosine
                    """)
    void aBadSettingIsRefusedWithTheNextStep(String setting, String what, String fix) {
        assertRefused(train(GOOD, setting), what, fix);
    }

    @Test
    void aTemplateThatDoesNotEndItsTurnsIsRefusedWithTheIds() throws IOException {
        Path template = folder.resolve("endless.jinja");
        Files.writeString(
                template, "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}");
        assertRefused(
                train(GOOD, "chat_template=" + template),
                "without a stop token",
                "2 \"<|end_story|>\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-model", "hf:nobody/nothing"})
    void aModelThatIsNotThereIsNamed(String model) {
        write(GOOD);
        Ran ran =
                Ran.of(
                        "train",
                        "--model",
                        model,
                        "--data",
                        folder.resolve("rows.jsonl").toString(),
                        "-o",
                        folder.resolve("run").toString());
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains(model.replace("hf:", ""));
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void withoutModelAndDataBothAreAskedFor() {
        Ran ran = Ran.of("train");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("model_name_or_path is missing", "data is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"resume", "verify"})
    void aFolderThatIsNoRunIsNamed(String command) {
        Ran ran = Ran.of(command, folder.toString());
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("This is no run: it has no recipe.yaml", folder.toString());
    }

    @Test
    void aRunThatDivergesSaysWhereAndWhatIsStillGood() {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 24; i++) {
            rows.append(GOOD.replace("Who", "Who has ball " + i).replace("Tom", "Tom " + i * i));
        }
        Ran train =
                train(
                        rows.toString(),
                        "tuning=full",
                        "learning_rate=10",
                        "lr_scheduler_type=constant",
                        "warmup_ratio=0",
                        "gradient_accumulation_steps=2",
                        "max_length=128",
                        "save_steps=1",
                        "max_steps=60");
        assertThat(train.exitCode()).isEqualTo(2);
        assertThat(train.err())
                .contains("The run has diverged at step", "rows of that step", "rows.jsonl:")
                .contains("the last good checkpoint is", "lower learning_rate");
    }

    private void assertRefused(Ran ran, String what, String where) {
        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(2);
        assertThat(ran.err()).contains(what, where);
        assertThat(ran.out()).isEmpty();
        assertThat(folder.resolve("run")).doesNotExist();
    }

    private Ran train(String rows, String... settings) {
        write(rows);
        return run(List.of(settings));
    }

    private void write(String rows) {
        try {
            Files.writeString(folder.resolve("rows.jsonl"), rows);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Ran run(List<String> settings) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "train",
                                "--model",
                                SharedData.path("models/tinystories-656K").toString(),
                                "--data",
                                folder.resolve("rows.jsonl").toString(),
                                "-o",
                                folder.resolve("run").toString()));
        all.addAll(settings);
        return Ran.of(all.toArray(String[]::new));
    }
}
