package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/// Data larger than the heap is cleaned and split: a row that was kept whole, or an object for
/// each, would not fit.
class SmallHeapTest {
    private static final int ROWS = 15_000;
    private static final int ROW_CHARS = 2400;
    private static final String HEAP = "-Xmx32m";

    @TempDir private Path folder = Path.of("");

    @Test
    void cleansAndSplitsMoreThanTheHeapHolds() throws Exception {
        Path data = folder.resolve("rows.jsonl");
        write(data);
        Path log = folder.resolve("log.txt");
        Process program =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        HEAP,
                                        "-XX:+UseSerialGC",
                                        "-Djava.io.tmpdir=" + Files.createDirectory(temporary()),
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        Mending.class.getName(),
                                        data.toString()))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();

        assertThat(program.waitFor()).as(Files.readString(log)).isZero();

        assertThat(temporary()).isEmptyDirectory();
        assertThat(Files.size(data)).isGreaterThan(34_000_000);
        assertLedgerLeadsBack(data, folder.resolve("clean.jsonl"));
        assertThat(count(folder.resolve("split/train.jsonl")))
                .isEqualTo(
                        count(folder.resolve("clean.jsonl"))
                                - count(folder.resolve("split/heldout.jsonl")));
    }

    private Path temporary() {
        return folder.resolve("tmp");
    }

    /// Every tenth row asks what the one before it asks, in other words.
    private static void write(Path file) throws IOException {
        String rest = "and so it goes on, word by word ".repeat(ROW_CHARS / 32);
        Random random = new Random(7);
        String thing = "";
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int row = 0; row < ROWS; row++) {
                boolean again = row % 10 == 9;
                thing = again ? thing : word(random) + " " + word(random) + " " + word(random);
                out.write(
                        "{\"prompt\":\"%s is the %s?\",\"completion\":\"In hall %s, %s\"}%n"
                                .formatted(again ? "So where" : "Where", thing, thing, rest));
            }
        }
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < 7; i++) {
            word.append((char) ('a' + random.nextInt(26)));
        }
        return word.toString();
    }

    private static void assertLedgerLeadsBack(Path data, Path clean) throws IOException {
        List<String> before = Files.readAllLines(data);
        List<String> after = Files.readAllLines(clean);
        long dropped = 0;
        try (Stream<String> ledger = Files.lines(OutputPaths.ledger(clean))) {
            for (String line : (Iterable<String>) ledger::iterator) {
                JsonNode fate = JsonMapper.shared().readTree(line);
                String row = before.get(fate.path("line").intValue() - 1);
                if (fate.path("fate").stringValue().equals("dropped")) {
                    dropped++;
                    assertThat(row).contains("So where");
                } else {
                    assertThat(after.get(fate.path("out").path(0).intValue() - 1)).isEqualTo(row);
                }
            }
        }
        assertThat(dropped).isEqualTo(ROWS / 10);
        assertThat(after).hasSize(ROWS - ROWS / 10);
    }

    private static long count(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        }
    }

    /// Cleans and splits, in a process with little memory.
    static final class Mending {
        private Mending() {}

        public static void main(String[] arguments) {
            Path data = Path.of(arguments[0]);
            Path clean = data.resolveSibling("clean.jsonl");
            CleanSteps steps =
                    new CleanSteps(
                            true,
                            CleanSteps.Duplicates.NEAR,
                            CleanSteps.Contradictions.MAJORITY,
                            true,
                            true,
                            Decisions.NONE,
                            Optional.empty());
            new DataCleaning(List.of(data), ColumnMapping.NONE, steps, clean).run(Progress.SILENT);
            new DataSplit(
                            List.of(clean),
                            ColumnMapping.NONE,
                            new DataSplit.Draw(0.1, 42, DataSplit.Stratify.LABEL, 0),
                            Optional.empty(),
                            data.resolveSibling("split"))
                    .run(Progress.SILENT);
        }
    }
}
