package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What is told of a conversion, and the files it writes.
class DataConversionTest {
    private static final String NAMED =
            "{\"messages\":[{\"role\":\"user\",\"name\":\"Bob\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}]}";
    private static final String PLAIN = "{\"prompt\":\"q\",\"completion\":\"a\"}";

    @TempDir Path folder;

    @Test
    void tellsWhatWouldBeLostWithFieldValueLineAndTheShapesThatKeepIt() throws IOException {
        assertThatThrownBy(() -> run("alpaca", "o.jsonl", DataConversion.OnLoss.STOP, PLAIN, NAMED))
                .hasMessageContaining(
                        "Written as alpaca, the rows would lose:\n  - `name` of messages: 1 rows,"
                                + " first ")
                .hasMessageContaining("in.jsonl:2: messages[0].name = \"Bob\"")
                .hasMessageContaining(
                        "The first such rows lose nothing as messages, prompt-completion, sharegpt,"
                            + " feedback or messages-feedback. --drop-lossy leaves such rows out,"
                            + " and the ledger says why; --allow-loss writes them all the same.");
        assertThat(folder).isDirectoryNotContaining("glob:**o.jsonl*");
    }

    @Test
    void leavesOutRowsThatWouldLoseSomethingAndSaysSoInTheLedger() throws IOException {
        var outcome =
                run("alpaca", "o.jsonl", DataConversion.OnLoss.DROP, PLAIN, NAMED, "{\"x\":1}");

        assertThat(outcome.rowsOut()).isEqualTo(1);
        assertThat(outcome.fates().toString())
                .isEqualTo("{kept=0, changed=1, merged=0, dropped=2}");
        List<String> ledger = Files.readAllLines(outcome.ledger());
        assertThat(ledger.get(1))
                .contains("\"fate\":\"dropped\"")
                .contains(
                        "as alpaca it would lose: `name` of messages (messages[0].name ="
                                + " \\\"Bob\\\"); kept as messages, prompt-completion, sharegpt,"
                                + " feedback or messages-feedback");
        assertThat(ledger.get(2))
                .contains("\"reason\":\"faulty: The shape of the row is unknown: found x;");
    }

    @Test
    void countsARowOnceThoughItLosesTheSameTwice() throws IOException {
        String turns =
                "{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}";
        String row = "{\"messages\":[" + turns + "," + turns + "," + turns + "]}";
        assertThatThrownBy(
                        () -> run("prompt-completion", "o.jsonl", DataConversion.OnLoss.STOP, row))
                .hasMessageContaining("that the earlier answers are learned: 1 rows, first ");
    }

    @Test
    void writesNothingWhereNotARowFits() throws IOException {
        assertThatThrownBy(() -> run("preference", "o.jsonl", DataConversion.OnLoss.WRITE, PLAIN))
                .hasMessageContaining(
                        "Not one of the 1 rows can be written as preference:\n"
                                + "  - the whole row: there are no two answers to one prompt");
        assertThat(folder).isDirectoryNotContaining("glob:**o.jsonl*");
    }

    @Test
    void tellsWhatIsSaidInAnotherWay() throws IOException {
        var outcome = run("messages", "o.jsonl", DataConversion.OnLoss.STOP, PLAIN);
        assertThat(outcome.alterations())
                .containsOnlyKeys("texts become turns, which the model's chat template writes");
        assertThat(
                        run(
                                        "messages",
                                        "o.jsonl",
                                        DataConversion.OnLoss.STOP,
                                        "{\"instruction\":\"i\",\"input\":\"x\",\"output\":\"o\"}")
                                .alterations())
                .containsOnlyKeys("`input` is joined to `instruction` by a line break");
    }

    @Test
    void segmentsNeedTheEos() throws IOException {
        assertThatThrownBy(() -> run("segments", "o.jsonl", DataConversion.OnLoss.STOP, PLAIN))
                .hasMessageContaining(
                        "the EOS that training puts behind a text, but not behind segments: 1 rows")
                .hasMessageContaining("--eos '</s>'");
        var there =
                conversion(
                                write(PLAIN),
                                "segments",
                                "</s>",
                                folder.resolve("s.jsonl"),
                                DataConversion.OnLoss.STOP)
                        .run(Progress.SILENT);
        assertThat(Files.readString(there.out()))
                .isEqualTo(
                        "{\"segments\":[{\"text\":\"q\",\"label\":false},{\"text\":\"a\",\"label\":true},{\"text\":\"</s>\",\"label\":true}]}\n");
        var back =
                conversion(
                                there.out(),
                                "prompt-completion",
                                "</s>",
                                folder.resolve("b.jsonl"),
                                DataConversion.OnLoss.STOP)
                        .run(Progress.SILENT);
        assertThat(Files.readString(back.out())).isEqualTo(PLAIN + "\n");
        assertThat(back.alterations()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "o.jsonl",
                "o.json",
                "o.csv",
                "o.tsv",
                "o.jsonl.gz",
                "o.json.zst",
                "o.csv.gz"
            })
    void readsBackWhatItWroteInEveryFormat(String name) throws IOException {
        String row =
                "{\"prompt\":\"say \\\"a, b\\\"\\n\\tc;\",\"completion\":\""
                        + " \\r\\n\",\"tools\":[{\"name\":\"f\"}]}";
        String other = "{\"prompt\":\"\",\"completion\":\"[x\",\"tools\":[]}";
        Path in = write(row, other);
        Path out = folder.resolve(name);

        conversion(in, "prompt-completion", "", out, DataConversion.OnLoss.STOP)
                .run(Progress.SILENT);

        assertThat(Rows.all(Source.of(out)))
                .extracting(read -> ((ReadRow.Columns) read).columns())
                .containsExactly(ToolShapeTest.row(row), ToolShapeTest.row(other));
    }

    @Test
    void aTableSaysWhichValuesItCannotHold() throws IOException {
        String row = "{\"prompt\":\"q\",\"completion\":\"a\",\"score\":3,\"note\":null}";
        assertThatThrownBy(() ->
                        run("prompt-completion", "o.csv", DataConversion.OnLoss.STOP, row, PLAIN))
                .hasMessageContaining(
                        "what `score` is: of a table it is read as something else: 1 rows")
                .hasMessageContaining("score = 3")
                .hasMessageContaining("note = null")
                .hasMessageContaining("that a row has no `score`: a table gives it an empty text");
        assertThatThrownBy(() ->
                        run("messages-feedback", "o.csv", DataConversion.OnLoss.STOP, PLAIN, row))
                .hasMessageContaining("the column `score`, which the first row does not have");
    }

    @Test
    void refusesNamesOfFormatsThatCannotBeWritten() throws IOException {
        assertThatThrownBy(() -> run("messages", "o.parquet", DataConversion.OnLoss.STOP, PLAIN))
                .hasMessageContaining("Rows cannot be written as .parquet.")
                .hasMessageContaining(
                        "Name a file that ends with .jsonl, .json, .csv or .tsv, and with .gz or"
                                + " .zst behind that to pack it.");
    }

    private DataConversion.Outcome run(
            String target, String out, DataConversion.OnLoss onLoss, String... rows)
            throws IOException {
        return conversion(write(rows), target, "", folder.resolve(out), onLoss)
                .run(Progress.SILENT);
    }

    private static DataConversion conversion(
            Path in, String target, String eos, Path out, DataConversion.OnLoss onLoss) {
        return new DataConversion(
                List.of(in),
                ColumnMapping.NONE,
                TargetShape.of(target),
                eos,
                out,
                onLoss,
                DataConversion.OnFault.DROP);
    }

    private Path write(String... rows) throws IOException {
        return Files.writeString(folder.resolve("in.jsonl"), String.join("\n", rows) + "\n");
    }
}
