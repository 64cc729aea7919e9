package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/// The files were written by pyarrow, see make.py beside them.
class ArrowReaderTest {
    private static final String FIRST =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Größe"
                + " 🙂\"}],\"id\":1,\"score\":0.5,\"ok\":true,\"note\":null}";

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stream.arrow",
                "file.arrow",
                "zstd.arrow",
                "saved/data-00000-of-00001.arrow"
            })
    void rowsAreThoseThatWereWritten(String name) throws IOException {
        List<ReadRow> rows = read(resource(name));
        assertThat(rows).hasSize(3);
        assertThat(((ReadRow.Columns) rows.getFirst()).columns()).hasToString(FIRST);
        assertThat(((ReadRow.Columns) rows.getLast()).columns())
                .hasToString("{\"messages\":[],\"id\":3,\"score\":1.5,\"ok\":null,\"note\":\"\"}");
        assertThat(rows).extracting(row -> row.origin().line()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void everyTypeHasAValueInJson() throws IOException {
        List<ReadRow> rows = read(resource("types.arrow"));
        assertThat(((ReadRow.Columns) rows.get(0)).columns())
                .hasToString(
                        "{\"i8\":-1,\"u8\":255,\"i16\":-2,\"u16\":65535,\"i32\":1,\"u32\":4294967295,"
                            + "\"i64\":1152921504606846976,\"u64\":18446744073709551615,\"f16\":1.5,"
                            + "\"f32\":0.1,\"f64\":0.1,\"b\":true,\"s\":\"a\",\"ls\":\"a\",\"sv\":\"short\","
                            + "\"bin\":\"AP8=\",\"fsb\":\"YWI=\",\"l\":[1,2],\"ll\":[\"a\"],\"fl\":[1,2],"
                            + "\"st\":{\"a\":1,\"b\":\"x\"},\"d\":\"x\",\"n\":null,\"m\":{\"k\":1},"
                            + "\"date\":\"2024-02-29\",\"ts\":\"2024-02-29T12:30:01.000005\",\"dec\":1.5}");
        assertThat(((ReadRow.Columns) rows.get(1)).columns().toString())
                .contains("\"i8\":null", "\"f64\":null", "\"s\":null", "\"l\":null", "\"st\":null")
                .contains("\"d\":\"y\"", "\"fl\":[3,4]", "\"ts\":null", "\"dec\":null");
        assertThat(((ReadRow.Columns) rows.get(2)).columns().toString())
                .contains("\"sv\":\"a string that is longer than twelve bytes\"", "\"l\":[]")
                .contains("\"date\":\"1969-12-31\"", "\"ts\":\"1969-12-31T23:59:59\"")
                .contains("\"dec\":-12.34", "\"st\":{\"a\":null,\"b\":\"y\"}", "\"m\":{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lz4.feather", "zstd.feather"})
    void packedFeatherFilesAreUnpacked(String name) throws IOException {
        List<ReadRow> rows = read(resource(name));
        assertThat(rows).hasSize(3);
        assertThat(((ReadRow.Columns) rows.getLast()).columns().path("text").stringValue())
                .isEqualTo("the same words again ".repeat(40));
    }

    @Test
    void aFolderOfSaveToDiskIsItsRowsWithoutWhatIsBesideThem() throws IOException {
        for (String name :
                List.of("data-00000-of-00001.arrow", "state.json", "dataset_info.json")) {
            Files.write(folder.resolve(name), resource("saved/" + name));
        }
        assertThat(RowPlaces.local().files(RowSource.of(folder)))
                .containsExactly(folder.resolve("data-00000-of-00001.arrow"));
    }

    @Test
    void aStreamIsReadThroughGzip() throws IOException {
        Path file = folder.resolve("x.arrow.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(resource("stream.arrow"));
        }
        try (RowReader reader = RowReader.open(file)) {
            assertThat(reader.next()).isPresent();
        }
    }

    @Test
    void aFileThatIsCutShortIsToldWithWhatWasRead() throws IOException {
        byte[] whole = resource("stream.arrow");
        byte[] cut = java.util.Arrays.copyOf(whole, 1400);
        List<ReadRow> rows = new ArrayList<>();
        assertThatThrownBy(() -> read(cut, rows))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining(
                        "The Arrow file cannot be read: it ends within a batch, after 2 rows.")
                .hasMessageContaining("Copy or download it again");
        assertThat(rows).hasSize(2);
        byte[] head = java.util.Arrays.copyOf(whole, 40);
        assertThatThrownBy(() -> read(head)).hasMessageContaining("it ends within its schema");
    }

    @Test
    void damageIsAnErrorOfTheFileOrOfARowAndNothingElse() throws IOException {
        for (String name : List.of("types.arrow", "lz4.feather", "zstd.arrow", "file.arrow")) {
            byte[] whole = resource(name);
            Random random = new Random(7);
            for (int i = 0; i < 400; i++) {
                byte[] damaged = whole.clone();
                for (int j = 0; j < 3; j++) {
                    damaged[8 + random.nextInt(whole.length - 8)] = (byte) random.nextInt(256);
                }
                readsOrRefuses(damaged);
            }
        }
    }

    @FuzzTest(maxDuration = "1m")
    void readsOrRefuses(byte[] file) {
        try {
            read(file)
                    .forEach(row -> {
                        if (row instanceof ReadRow.Faulty(var _, AttuneException fault)) {
                            assertThat(fault.kind()).isEqualTo(ErrorKind.USER);
                            assertThat(fault.where()).isPresent();
                        }
                    });
        } catch (AttuneException e) {
            assertThat(e.kind()).isEqualTo(ErrorKind.USER);
            assertThat(e.where()).isPresent();
            assertThat(e.fix()).isPresent();
        }
    }

    private static List<ReadRow> read(byte[] file) {
        List<ReadRow> rows = new ArrayList<>();
        read(file, rows);
        return rows;
    }

    private static void read(byte[] file, List<ReadRow> into) {
        try (RowReader reader = RowFormat.open(Rows.source("x.arrow", file))) {
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                into.add(next.get());
            }
        }
    }

    private static byte[] resource(String name) {
        try (InputStream in =
                Objects.requireNonNull(
                        ArrowReaderTest.class.getResourceAsStream("/arrow/" + name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
