package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

class ParquetReaderTest {
    @TempDir Path folder;

    @Test
    void readsRowsWithListsAndStructs() throws SQLException {
        Path file =
                written(
                        "SELECT [{role: 'user', content: 'Hi'}, {role: 'assistant', content: 'Yo"
                                + " ☕'}] AS messages, 7 AS id, NULL AS note");

        assertThat(Rows.shown(all(file)))
                .containsExactly(
                        "1 {\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Yo"
                            + " ☕\"}],\"id\":7,\"note\":null}");
    }

    @Test
    void streamsManyRowsInTheirOrder() throws SQLException {
        Path file = written("SELECT 'row ' || i AS text FROM range(5000) t(i)");

        List<ReadRow> rows = all(file);

        assertThat(rows).hasSize(5000);
        assertThat(Rows.shown(rows).get(4321)).isEqualTo("4322 {\"text\":\"row 4321\"}");
    }

    @Test
    void takesAPathForWhatItIsAndNotForAPattern() throws SQLException, IOException {
        Path file = written("SELECT 'a' AS text");
        Path odd = Files.move(file, folder.resolve("a[1]*'?.parquet"));

        assertThat(all(odd)).hasSize(1);
    }

    @Test
    void saysThatAFileIsDamaged() throws SQLException, IOException {
        Path file = written("SELECT 'a' AS text");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 9));

        assertThatThrownBy(() -> all(file))
                .hasMessageStartingWith("The Parquet file cannot be read: ")
                .hasMessageContaining(file.toString())
                .hasMessageEndingWith("It may be cut short: copy or download it again.");
    }

    @Test
    void namesAFeatherFileOfTheFirstVersion() throws IOException {
        Path file = Files.writeString(folder.resolve("x.feather"), "FEA1rest");

        assertThatThrownBy(() -> RowReader.open(file).close())
                .hasMessageStartingWith(
                        "The file is a Feather file of version 1; expected JSON, CSV, TSV,")
                .hasMessageContaining("Save it again with version 2");
    }

    private Path written(String select) throws SQLException {
        Path file = folder.resolve("x.parquet");
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement()) {
            statement.execute("COPY (" + select + ") TO '" + file + "' (FORMAT parquet)");
        }
        return file;
    }

    private static List<ReadRow> all(Path file) {
        List<ReadRow> rows = new java.util.ArrayList<>();
        try (RowReader reader = RowReader.open(file)) {
            for (Optional<ReadRow> row = reader.next(); row.isPresent(); row = reader.next()) {
                rows.add(row.get());
            }
        }
        return rows;
    }
}
