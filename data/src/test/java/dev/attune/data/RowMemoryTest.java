package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is kept of each row is small, so that five million rows fit into a heap of two gigabytes.
class RowMemoryTest {
    private static final int ROWS = 60_000;

    /// Five million rows of 200 bytes are a gigabyte.
    private static final long MOST_BYTES_A_ROW = 200;

    @Test
    void keepsFewBytesOfARowHoweverLongItIs() {
        long before = usedBytes();
        try (RowIndex index = new RowIndex(List.of(Path.of("rows.jsonl")))) {
            Kinship kinship = new Kinship();
            List<RowCheck> checks =
                    List.of(new FormatCheck(3), new LengthCheck(3), new RegisterCheck(3));
            ComparedRows compared = new ComparedRows();
            for (int row = 0; row < ROWS; row++) {
                RowText text = text(row);
                CheckedRow checked = CheckedRow.of(row, text);
                index.add(0, checked);
                kinship.see(row, text);
                compared.see(row, text, Decisions.NONE);
                checks.forEach(check -> check.see(checked));
            }
            long kept = usedBytes() - before;
            // Keys wait in memory until they are many; those are counted apart.
            long keys = SortedLongs.IN_MEMORY * (long) Long.BYTES;

            assertThat(kept - keys).as("bytes").isLessThan(MOST_BYTES_A_ROW * ROWS);
            assertThat(index.size()).isEqualTo(ROWS);
        }
    }

    private static RowText text(int row) {
        String prompt = "Where is number " + row + " of the things that were sent?";
        String answer = ("At place " + row + ", as every other thing. ").repeat(20);
        return new RowText(
                new Origin(Path.of("rows.jsonl"), row + 1, row),
                "",
                prompt,
                answer,
                List.of(),
                Optional.empty(),
                Map.of(),
                0,
                true);
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
