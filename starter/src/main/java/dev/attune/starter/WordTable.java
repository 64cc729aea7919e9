package dev.attune.starter;

import java.util.ArrayList;
import java.util.List;

/// Words with what belongs to them: `dog | dogs | puppy | bones`.
///
/// @param name what templates call it
/// @param columns the names of the cells
/// @param rows at least one
record WordTable(String name, List<String> columns, List<Row> rows) {
    /// One word and its cells, in the order of the columns.
    ///
    /// @param columns the names of the cells
    /// @param cells as many
    record Row(List<String> columns, List<String> cells) {
        /// A value that stands alone.
        static Row of(String value) {
            return new Row(List.of("value"), List.of(value));
        }

        /// The cell of a column; the first one for the empty name.
        ///
        /// @throws IllegalArgumentException if there is no such column
        String cell(String column) {
            if (column.isEmpty()) {
                return cells.getFirst();
            }
            int index = columns.indexOf(column);
            if (index < 0) {
                throw new IllegalArgumentException(
                        "%s has no column %s, only %s".formatted(cells, column, columns));
            }
            return cells.get(index);
        }
    }

    /// Reads `@name column column ...` and a row in each line after it. A table of one column may
    /// have several rows in a line, with commas between.
    static WordTable read(List<String> lines) {
        List<String> head = List.of(lines.getFirst().substring(1).strip().split(" +", -1));
        List<String> columns = head.size() == 1 ? List.of("value") : head.subList(1, head.size());
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String separator = head.size() == 1 ? "\\s*,\\s*" : "\\s*\\|\\s*";
            List<String> cells = List.of(line.strip().split(separator, -1));
            if (head.size() == 1) {
                cells.stream()
                        .filter(cell -> !cell.isEmpty())
                        .forEach(cell -> rows.add(new Row(columns, List.of(cell))));
            } else if (cells.size() == columns.size()) {
                rows.add(new Row(columns, cells));
            } else {
                throw new IllegalArgumentException(
                        "@%s: %d cells, expected %s: %s"
                                .formatted(head.getFirst(), cells.size(), columns, line));
            }
        }
        return new WordTable(head.getFirst(), columns, List.copyOf(rows));
    }
}
