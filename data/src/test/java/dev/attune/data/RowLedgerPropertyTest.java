package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// Rows in are rows out and rows dropped, whatever the rows and the steps are.
class RowLedgerPropertyTest {
    @Property(tries = 60)
    void everyRowHasOneFateAndTheTotalsAddUp(
            @ForAll("rows") List<String> rows,
            @ForAll CleanSteps.Duplicates duplicates,
            @ForAll CleanSteps.Contradictions contradictions,
            @ForAll boolean change)
            throws IOException {
        Path folder = Files.createTempDirectory("ledger");
        Path in = folder.resolve("in.jsonl");
        Files.writeString(in, String.join("\n", rows) + "\n");
        CleanSteps steps =
                new CleanSteps(
                        true,
                        duplicates,
                        contradictions,
                        change,
                        change,
                        Set.of(),
                        Optional.empty());

        var outcome =
                new DataCleaning(
                                List.of(in),
                                ColumnMapping.NONE,
                                steps,
                                folder.resolve("out.jsonl.zst"))
                        .run(Progress.SILENT);

        assertThat(outcome.rowsIn()).isEqualTo(rows.size());
        assertThat(outcome.kept() + outcome.changed() + outcome.dropped()).isEqualTo(rows.size());
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
