package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Which rows stay where several say the same, or contradict one another.
class CleanRulesTest {
    private static final String[] ROWS = {
        DataCheckTest.pair("Is the parcel here?", "no"),
        DataCheckTest.pair("is the parcel here", "yes"),
        DataCheckTest.pair("Is a parcel here?", "not yet, sadly"),
        DataCheckTest.pair("Is the parcel here", "Yes!"),
        DataCheckTest.pair("Is the parcel here?", "maybe"),
        DataCheckTest.pair("Where is the invoice?", "in the drawer"),
    };

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"DROP, 6", "MAJORITY, 2 4 6", "FIRST, 1 6", "LAST, 5 6", "LONGEST, 3 6"})
    void settlesContradictionsByTheRule(CleanSteps.Contradictions rule, String kept)
            throws IOException {
        Path in = write(ROWS);

        var outcome = cleaned(in, steps(CleanSteps.Duplicates.KEEP, rule, Decisions.NONE));

        assertThat(keptLines(outcome)).isEqualTo(kept);
    }

    @Test
    void takesTheAnswerThatAPersonDecidedFor() throws IOException {
        Path in = write(ROWS);
        Path decisions =
                Files.writeString(
                        folder.resolve("decisions.jsonl"),
                        """
                        {"at": "in.jsonl:1", "do": "keep"}
                        {"at": "in.jsonl:6", "why": "no longer true"}
                        """);

        var outcome =
                cleaned(
                        in,
                        steps(
                                CleanSteps.Duplicates.KEEP,
                                CleanSteps.Contradictions.KEEP,
                                Decisions.read(decisions)));

        assertThat(keptLines(outcome)).isEqualTo("1");
        assertThat(Files.readAllLines(outcome.ledger()))
                .anyMatch(line ->
                        line.contains("\"line\":4")
                                && line.contains("contradiction of " + in + ":1"))
                .anyMatch(line ->
                        line.contains("\"line\":6") && line.contains("decided: no longer true"));
    }

    @Test
    void refusesDecisionsThatContradictOneAnotherOrNameNoRow() throws IOException {
        Path in = write(ROWS);
        Path both =
                Files.writeString(
                        folder.resolve("both.jsonl"),
                        """
                        {"at": "in.jsonl:1", "do": "keep"}
                        {"at": "in.jsonl:2", "do": "keep"}
                        """);
        CleanSteps contradict =
                steps(
                        CleanSteps.Duplicates.KEEP,
                        CleanSteps.Contradictions.KEEP,
                        Decisions.read(both));
        assertThatThrownBy(() -> cleaned(in, contradict))
                .hasMessageContaining("in.jsonl:1 and ")
                .hasMessageContaining("are both to be kept, but ask the same")
                .hasMessageContaining("Decide for one of them.");
        Path absent =
                Files.writeString(folder.resolve("absent.jsonl"), "{\"at\": \"in.jsonl:77\"}\n");
        CleanSteps none =
                steps(
                        CleanSteps.Duplicates.KEEP,
                        CleanSteps.Contradictions.KEEP,
                        Decisions.read(absent));
        assertThatThrownBy(() -> cleaned(in, none))
                .hasMessageStartingWith("There is no row at in.jsonl:77.")
                .hasMessageContaining("absent.jsonl:1")
                .hasMessageContaining("Name the file as the command line does");
        assertThat(folder.resolve("out.jsonl")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{\"at\":\"a.jsonl:1\",\"doo\":\"drop\"} |"
                        + " A decision has the unknown key `doo`. | Did you mean `do`?",
                "{\"do\":\"drop\"} | The decision names no row: `at` is missing. | Write {\"at\":",
                "{\"at\":\"a.jsonl\"} | The decision names no row: `at` is a text. | Write"
                        + " {\"at\":",
                "{\"at\":\"a.jsonl:1\",\"do\":\"mend\"} | `do` is neither drop nor keep. |"
                        + " Write drop to leave the row out",
                "no json | The row cannot be read: it is not JSON | ",
            })
    void refusesADecisionThatCannotBeUnderstood(String line, String what, String fix)
            throws IOException {
        Path file = Files.writeString(folder.resolve("d.jsonl"), line + "\n");

        assertThatThrownBy(() -> Decisions.read(file))
                .hasMessageStartingWith(what)
                .hasMessageContaining("d.jsonl:1")
                .hasMessageContaining(fix == null ? "" : fix);
    }

    @Test
    void refusesTwoDecisionsAboutOneRow() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("d.jsonl"), "{\"at\":\"a:1\"}\n{\"at\":\"a:1\"}\n");

        assertThatThrownBy(() -> Decisions.read(file))
                .hasMessageStartingWith("About a:1 something was decided above.");
    }

    @Test
    void mergesDuplicatesIntoTheOneWithTheLongestAnswerAndTheColumnsOfAll() throws IOException {
        Path in =
                write(
                        "{\"prompt\":\"Where is it?\",\"completion\":\"here\",\"source\":\"web\"}",
                        "{\"prompt\":\"where is it\",\"completion\":\"Here!!\",\"by\":\"Ann\"}",
                        "{\"prompt\":\"Where is the lamp?\",\"completion\":\"there\"}",
                        "{\"prompt\":\"Where is it\",\"completion\":\"here.\",\"source\":\"mail\","
                                + "\"by\":\"Bob\",\"note\":\" \"}");

        var outcome =
                cleaned(
                        in,
                        steps(
                                CleanSteps.Duplicates.MERGE_NEAR,
                                CleanSteps.Contradictions.KEEP,
                                Decisions.NONE));

        assertThat(Files.readAllLines(folder.resolve("out.jsonl")))
                .containsExactly(
                        "{\"prompt\":\"where is it\",\"completion\":\"Here!!\",\"by\":\"Ann\","
                                + "\"source\":\"web\"}",
                        "{\"prompt\":\"Where is the lamp?\",\"completion\":\"there\"}");
        assertThat(outcome.merged()).isEqualTo(2);
        assertThat(outcome.reasons()).hasToString("{completed=1, merged=2}");
        assertThat(Files.readAllLines(outcome.ledger()))
                .satisfiesExactly(
                        first -> assertThat(first).endsWith("\"merged into " + in + ":2\"}"),
                        second ->
                                assertThat(second)
                                        .contains("\"fate\":\"changed\"")
                                        .contains("took source of rows merged into it")
                                        .endsWith("\"out\":[1]}"),
                        third -> assertThat(third).contains("\"fate\":\"kept\""),
                        fourth ->
                                assertThat(fourth)
                                        .contains("\"fate\":\"merged\"")
                                        .contains("merged into " + in + ":2"));
    }

    @Test
    void dropsNoRowForOneThatIsItselfDecidedAway() throws IOException {
        Path in =
                write(
                        DataCheckTest.pair("Where is it?", "here"),
                        DataCheckTest.pair("where is it", "Here."));
        Path decisions = Files.writeString(folder.resolve("d.jsonl"), "{\"at\":\"in.jsonl:1\"}\n");

        var outcome =
                cleaned(
                        in,
                        steps(
                                CleanSteps.Duplicates.EXACT,
                                CleanSteps.Contradictions.KEEP,
                                Decisions.read(decisions)));

        assertThat(keptLines(outcome)).isEqualTo("2");
    }

    @Test
    void tellsAllRowsThatAreTooLongTogether() throws IOException {
        Path in =
                write(
                        DataCheckTest.pair("a", "bcdefg"),
                        DataCheckTest.pair("x", "y"),
                        DataCheckTest.pair("aa", "bcdefgh"));
        CleanSteps steps =
                new CleanSteps(
                        true,
                        CleanSteps.Duplicates.KEEP,
                        CleanSteps.Contradictions.KEEP,
                        false,
                        false,
                        Decisions.NONE,
                        Optional.of(
                                new LengthCap(
                                        3,
                                        LengthCap.Policy.FAIL,
                                        row -> RowText.of(row).answer().length())));

        assertThatThrownBy(() -> cleaned(in, steps))
                .hasMessageStartingWith("Cannot clean in.jsonl: 2 problems.")
                .hasMessageContaining("The row has 6 tokens, of which 3 are allowed.")
                .hasMessageContaining("in.jsonl:3");
    }

    private static CleanSteps steps(
            CleanSteps.Duplicates duplicates,
            CleanSteps.Contradictions contradictions,
            Decisions decisions) {
        return new CleanSteps(
                false, duplicates, contradictions, false, false, decisions, Optional.empty());
    }

    private DataCleaning.Outcome cleaned(Path in, CleanSteps steps) {
        return new DataCleaning(List.of(in), ColumnMapping.NONE, steps, folder.resolve("out.jsonl"))
                .run(Progress.SILENT);
    }

    /// The lines of the data that went out, in one text.
    private static String keptLines(DataCleaning.Outcome outcome) throws IOException {
        List<String> lines = Files.readAllLines(outcome.ledger());
        StringBuilder kept = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains("\"out\":")) {
                kept.append(kept.isEmpty() ? "" : " ").append(i + 1);
            }
        }
        return kept.toString();
    }

    private Path write(String... rows) throws IOException {
        return Files.writeString(folder.resolve("in.jsonl"), String.join("\n", rows) + "\n");
    }
}
