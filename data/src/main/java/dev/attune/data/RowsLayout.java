package dev.attune.data;

import dev.attune.base.AttuneException;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// How rows stand in a file: a line each, in one JSON array, or in a table of texts.
sealed interface RowsLayout permits RowsLayout.Lines, RowsLayout.Array, DelimitedLayout {
    /// The layout that a name tells: `.json` an array, `.csv` and `.tsv` a table, else lines of
    /// JSON.
    ///
    /// @throws AttuneException of kind USER where the name tells a format that cannot be written
    static RowsLayout of(Path path) {
        String name =
                String.valueOf(path.getFileName())
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("\\.(gz|zst)$", "");
        for (String ending : List.of(".parquet", ".arrow", ".feather", ".xlsx", ".zip", ".bz2")) {
            if (name.endsWith(ending)) {
                throw AttuneException.user("Rows cannot be written as %s.".formatted(ending))
                        .at(path)
                        .fix(
                                "Name a file that ends with .jsonl, .json, .csv or .tsv, and with"
                                        + " .gz or .zst behind that to pack it.");
            }
        }
        if (name.endsWith(".json")) {
            return new Array();
        }
        return name.endsWith(".csv")
                ? new DelimitedLayout(',')
                : name.endsWith(".tsv") ? new DelimitedLayout('\t') : new Lines();
    }

    /// What stands before a row, of which so many were written.
    String before(JsonNode row, long rows);

    /// The row.
    String text(JsonNode row);

    /// What stands behind the last row.
    String after(long rows);

    /// What of a row this layout cannot say. Rows come in the order in which they are written.
    List<ShapeChanges.Loss> unwritable(JsonNode row);

    /// A line each.
    record Lines() implements RowsLayout {
        @Override
        public String before(JsonNode row, long rows) {
            return "";
        }

        @Override
        public String text(JsonNode row) {
            return row + "\n";
        }

        @Override
        public String after(long rows) {
            return "";
        }

        @Override
        public List<ShapeChanges.Loss> unwritable(JsonNode row) {
            return List.of();
        }
    }

    /// One array, a row on each line of it.
    record Array() implements RowsLayout {
        @Override
        public String before(JsonNode row, long rows) {
            return rows == 0 ? "[\n" : ",\n";
        }

        @Override
        public String text(JsonNode row) {
            return row.toString();
        }

        @Override
        public String after(long rows) {
            return rows == 0 ? "[]\n" : "\n]\n";
        }

        @Override
        public List<ShapeChanges.Loss> unwritable(JsonNode row) {
            return List.of();
        }
    }
}
