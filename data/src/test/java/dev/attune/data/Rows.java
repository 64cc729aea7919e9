package dev.attune.data;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Rows of a file that tests write down.
final class Rows {
    private Rows() {}

    static Source source(String name, byte[] bytes) {
        return new Source(Path.of(name), () -> new ByteArrayInputStream(bytes));
    }

    static List<ReadRow> of(String name, String text) {
        return of(name, text.getBytes(StandardCharsets.UTF_8));
    }

    static List<ReadRow> of(String name, byte[] bytes) {
        return all(source(name, bytes));
    }

    static List<ReadRow> all(Source source) {
        List<ReadRow> rows = new ArrayList<>();
        try (RowReader reader = RowFormat.open(source)) {
            for (Optional<ReadRow> row = reader.next(); row.isPresent(); row = reader.next()) {
                rows.add(row.get());
            }
        }
        return rows;
    }

    /// Each row in short: its line, and its columns or what is wrong.
    static List<String> shown(List<ReadRow> rows) {
        return rows.stream().map(Rows::shown).toList();
    }

    private static String shown(ReadRow row) {
        return switch (row) {
            case ReadRow.Columns(Origin origin, var columns) -> origin.line() + " " + columns;
            case ReadRow.Faulty(Origin origin, var fault) -> origin.line() + " ! " + fault.what();
        };
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
