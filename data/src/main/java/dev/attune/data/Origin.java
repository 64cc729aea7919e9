package dev.attune.data;

import java.nio.file.Path;

/// Where a row came from: its file, the 1-based line it begins on, and its 0-based number among the
/// rows of that file.
///
/// A blank line has a line number but is no row, and a row of a JSON array may span lines; so both
/// are kept.
public record Origin(Path file, long line, long row) {
    /// Refuses lines before the first and rows before row 0.
    public Origin {
        if (line < 1 || row < 0) {
            throw new IllegalArgumentException("no place of a row: line " + line + ", row " + row);
        }
    }

    /// `file:line`, as editors understand it.
    @Override
    public String toString() {
        return file + ":" + line;
    }
}
