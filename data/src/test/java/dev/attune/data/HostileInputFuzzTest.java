package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Any bytes are rows, faults of rows, or a USER error; nothing else comes out, and no row is
/// without an origin.
///
/// The seeds beside the test resources run in every build; `JAZZER_FUZZ=1` looks for more.
class HostileInputFuzzTest {
    @FuzzTest(maxDuration = "2m")
    void readsOrRefusesLines(byte[] file) {
        Source source = Rows.source("x.jsonl", file);
        try (RowReader reader = new JsonlReader(source)) {
            checked(reader);
        }
    }

    @FuzzTest(maxDuration = "2m")
    void readsOrRefusesAnArray(byte[] file) {
        Source source = Rows.source("x.json", file);
        try (RowReader reader = new JsonArrayReader(source)) {
            checked(reader);
        }
    }

    @FuzzTest(maxDuration = "2m")
    void readsOrRefusesATable(byte[] file) {
        try (RowReader reader = RowFormat.open(Rows.source("x.csv", file))) {
            checked(reader);
        } catch (AttuneException e) {
            assertUser(e);
        }
    }

    @FuzzTest(maxDuration = "2m")
    void readsOrRefusesAPackedFile(byte[] file) {
        byte[] gzip = file.clone();
        byte[] zstd = file.clone();
        mark(gzip, 0x1f, 0x8b, 8, 0);
        mark(zstd, 0x28, 0xb5, 0x2f, 0xfd);
        for (byte[] bytes : List.of(file, gzip, zstd)) {
            try (RowReader reader = RowFormat.open(Rows.source("x.jsonl", bytes))) {
                checked(reader);
            } catch (AttuneException e) {
                assertUser(e);
            }
        }
    }

    private static void mark(byte[] bytes, int... magic) {
        for (int i = 0; i < Math.min(bytes.length, magic.length); i++) {
            bytes[i] = (byte) magic[i];
        }
    }

    @FuzzTest(maxDuration = "2m")
    void readsOrRefusesAFile(byte[] file) {
        try (RowReader reader = RowFormat.open(Rows.source("x.json", file))) {
            checked(reader);
        } catch (AttuneException e) {
            assertUser(e);
        }
    }

    @FuzzTest(maxDuration = "1m")
    void readsOrRefusesACache(byte[] file) {
        cache(file);
    }

    @FuzzTest(maxDuration = "1m")
    void readsOrRefusesACacheWithARightChecksum(byte[] file) {
        cache(CraftedCache.repaired(file));
    }

    private static void checked(RowReader reader) {
        long rows = 0;
        long line = 1;
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
            ReadRow row = next.get();
            assertThat(row.origin().row()).as("number of the row").isEqualTo(rows++);
            assertThat(row.origin().line()).as("line").isGreaterThanOrEqualTo(line);
            line = row.origin().line();
            switch (row) {
                case ReadRow.Faulty(var _, AttuneException fault) -> assertUser(fault);
                case ReadRow.Columns columns -> understood(columns);
            }
        }
    }

    private static void understood(ReadRow.Columns row) {
        List<ReadRow> again = Rows.of("x.jsonl", row.columns().toString());
        assertThat(again).as("the row, written and read again").hasSize(1);
        assertThat(((ReadRow.Columns) again.getFirst()).columns()).isEqualTo(row.columns());
        try {
            var recognised = ShapeRecogniser.standard().recognise(row.columns());
            Example example = recognised.shape().example(row.columns(), row.origin());
            assertThat(example.origin()).isEqualTo(row.origin());
        } catch (AttuneException e) {
            assertUser(e.at(row.origin()));
        }
    }

    private static void cache(byte[] file) {
        try (TokenCache cache =
                TokenCache.checked(
                        Arena.ofShared(), MemorySegment.ofArray(file), CraftedCache.FILES)) {
            long tokens = 0;
            for (int row = 0; row < cache.rows(); row++) {
                tokens += cache.row(row).length();
                assertThat(cache.origin(row).line()).isPositive();
                assertThat(cache.notes(row)).isNotNull();
            }
            assertThat(tokens).as("tokens").isEqualTo(cache.tokens());
        } catch (CacheFault e) {
            assertThat(e.what()).isNotEmpty();
        }
    }

    private static void assertUser(AttuneException e) {
        assertThat(e.kind()).as("kind of %s", e.what()).isEqualTo(ErrorKind.USER);
        assertThat(e.where()).as("place of %s", e.what()).isPresent();
        assertThat(e.fix()).as("next step of %s", e.what()).isPresent();
    }
}
