package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Rows in are rows out and rows dropped, whatever the rows and the steps are.
class RowLedgerPropertyTest {
    private Path folder = Path.of("");

    @BeforeTry
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory("ledger");
    }

    /// After each of a hundred tries: JUnit's own temporary folders are unknown to jqwik.
    @AfterTry
    void deleteFolder() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Property(tries = 60)
    void everyRowHasOneFateAndTheTotalsAddUp(
            @ForAll("rows") List<String> rows,
            @ForAll CleanSteps.Duplicates duplicates,
            @ForAll CleanSteps.Contradictions contradictions,
            @ForAll boolean change)
            throws IOException {
        Path in = folder.resolve("in.jsonl");
        Files.writeString(in, String.join("\n", rows) + "\n");
        CleanSteps steps =
                new CleanSteps(
                        true,
                        duplicates,
                        contradictions,
                        change,
                        change,
                        Decisions.NONE,
                        Optional.empty());

        var outcome =
                new DataCleaning(
                                List.of(in),
                                ColumnMapping.NONE,
                                steps,
                                folder.resolve("out.jsonl.zst"))
                        .run(Progress.SILENT);

        assertThat(outcome.rowsIn()).isEqualTo(rows.size());
        assertThat(outcome.kept() + outcome.changed() + outcome.merged() + outcome.dropped())
                .isEqualTo(rows.size());
        assertThat(outcome.rowsOut()).isEqualTo(outcome.kept() + outcome.changed());
        List<Integer> linesIn = new ArrayList<>();
        List<Integer> rowsOut = new ArrayList<>();
        for (String line : Files.readAllLines(outcome.ledger())) {
            JsonNode fate = JsonMapper.shared().readTree(line);
            linesIn.add(fate.path("line").intValue());
            fate.path("out").forEach(number -> rowsOut.add(number.intValue()));
        }
        assertThat(linesIn)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, rows.size()).boxed().toList());
        assertThat(rowsOut)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, (int) outcome.rowsOut()).boxed().toList());
        if (outcome.rowsOut() > 0) {
            assertThat(Rows.all(Source.of(folder.resolve("out.jsonl.zst"))))
                    .hasSize((int) outcome.rowsOut())
                    .allMatch(ReadRow.Columns.class::isInstance);
        }
    }

    @Property(tries = 40)
    void splitAndConvertGiveEveryRowOneFate(
            @ForAll @IntRange(min = 20, max = 120) int rows,
            @ForAll @IntRange(min = 1, max = 9) int tenths,
            @ForAll DataSplit.Stratify stratify,
            @ForAll long seed)
            throws IOException {
        Path in = folder.resolve("in.jsonl");
        Files.write(
                in,
                IntStream.range(0, rows)
                        .mapToObj(i ->
                                "{\"prompt\":\"Where is number %d?\",\"completion\":\"%s\"}"
                                        .formatted(i, i % 3 == 0 ? "here" : "there"))
                        .toList());
        try {
            var split =
                    new DataSplit(
                                    List.of(in),
                                    ColumnMapping.NONE,
                                    new DataSplit.Draw(tenths / 10.0, seed, stratify, 0),
                                    Optional.empty(),
                                    folder.resolve("split"))
                            .run(Progress.SILENT);
            assertThat(split.trainRows() + split.heldOutRows()).isEqualTo(rows);
            assertThat(Files.readAllLines(split.ledger())).hasSize(rows);
            assertThat(Files.readAllLines(split.train())).hasSize((int) split.trainRows());
            assertThat(Files.readAllLines(split.heldOut())).hasSize((int) split.heldOutRows());
        } catch (AttuneException e) {
            assertThat(e.what()).contains("would be held out");
        }
        var converted =
                new DataConversion(
                                List.of(in),
                                ColumnMapping.NONE,
                                TargetShape.MESSAGES,
                                "",
                                folder.resolve("out.jsonl"),
                                DataConversion.OnLoss.WRITE,
                                DataConversion.OnFault.STOP)
                        .run(Progress.SILENT);
        assertThat(converted.rowsOut()).isEqualTo(rows);
        assertThat(Files.readAllLines(converted.ledger())).hasSize(rows);
    }

    @Provide
    Arbitrary<List<String>> rows() {
        return Arbitraries.of(
                        "{\"prompt\":\"Where is it?\",\"completion\":\"here\"}",
                        "{\"prompt\":\"where is it\",\"completion\":\"there\"}",
                        "{\"prompt\":\"Where's the parcel?\",\"completion\":\"a@b.example.org\"}",
                        "{\"prompt\":\"where is the parcle\",\"completion\":\"\"}",
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                        "{\"instruction\":\"x\",\"output\":\"y\\u0007\"}",
                        "{\"text\":\"call 212-555-0142\",\"label\":\"b\"}",
                        "{\"chosen\":\"ab\",\"rejected\":\"ac\"}",
                        "{\"unknown\":1}",
                        "7",
                        "{\"text\":\"cut",
                        "{\"text\":1,\"text\":2}")
                .list()
                .ofMinSize(1)
                .ofMaxSize(25);
    }
}
