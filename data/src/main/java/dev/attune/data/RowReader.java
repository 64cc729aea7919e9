package dev.attune.data;

import dev.attune.base.AttuneException;

import java.nio.file.Path;
import java.util.Optional;

/// Gives the rows of one file one after the other, in constant memory.
///
/// Whoever opens it closes it. Not thread-safe.
public interface RowReader extends AutoCloseable {
    /// Opens a file of JSON lines, one JSON array, CSV, TSV, Parquet or Arrow, packed by gzip or
    /// zstd or not, told apart by what is in it.
    ///
    /// @throws AttuneException of kind USER if it is none, saying what it looks like
    static RowReader open(Path file) {
        return RowFormat.open(Source.of(file));
    }

    /// The next row, or nothing at the end. A faulty row does not end the reading, unless what
    /// follows it cannot be found.
    ///
    /// @throws AttuneException of kind ENVIRONMENT if the disk fails
    Optional<ReadRow> next();

    /// Closes the file.
    @Override
    void close();
}
