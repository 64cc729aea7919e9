package dev.attune.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The examples of one or more files, one after the other, in constant memory.
///
/// A row that cannot be understood is recorded in [#faults] and passed over; so every row is in one
/// of two counts, and [#rows] is their sum. Whoever opens it closes it. Not thread-safe.
public final class ExampleStream implements AutoCloseable {
    private final RowStream rows;
    private final RowFaults faults = new RowFaults();

    private ExampleStream(RowStream rows) {
        this.rows = rows;
    }

    /// Reads `files` in their order, with the standard shapes.
    public static ExampleStream open(List<Path> files) {
        return open(files, ColumnMapping.NONE);
    }

    /// Reads `files` in their order, their columns renamed, with the standard shapes.
    public static ExampleStream open(List<Path> files, ColumnMapping mapping) {
        return new ExampleStream(RowStream.open(files, mapping));
    }

    /// Reads `files` in their order.
    public static ExampleStream open(List<Path> files, ShapeRecogniser recogniser) {
        return new ExampleStream(RowStream.open(files, recogniser, ColumnMapping.NONE));
    }

    /// The next example, or nothing at the end of the last file. A file that is not made of rows at
    /// all is a fault, too.
    public Optional<Example> next() {
        for (var read = rows.next(); read.isPresent(); read = rows.next()) {
            switch (read.get()) {
                case RowStream.Read.Understood row -> {
                    return Optional.of(row.example());
                }
                case RowStream.Read.Faulty row -> faults.add(row.fault());
                case RowStream.Read.NoRows file -> faults.add(file.fault());
            }
        }
        return Optional.empty();
    }

    /// Which of the files the last example came from.
    public int file() {
        return rows.file();
    }

    /// How many rows there were so far, understood or not.
    public long rows() {
        return rows.rows();
    }

    /// How many bytes of the files are read so far, as they are on the disk.
    public long bytes() {
        return rows.bytes();
    }

    /// How many bytes the files have.
    public long totalBytes() {
        return rows.totalBytes();
    }

    /// How many rows of each shape were understood so far, with the reason they were taken for it.
    public Map<String, Long> shapes() {
        return rows.shapes();
    }

    /// What was wrong so far.
    public RowFaults faults() {
        return faults;
    }

    /// Closes the file that is open.
    @Override
    public void close() {
        rows.close();
    }
}
