package dev.attune.data;

import dev.attune.base.AttuneException;

import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The rows of one or more files, one after the other, in constant memory: each understood, or with
/// the reason why it is not.
///
/// Whoever opens it closes it. Not thread-safe.
public final class RowStream implements AutoCloseable {
    private final List<Path> files;
    private final ShapeRecogniser recogniser;
    private final ColumnMapping mapping;
    private final Map<String, Long> shapes = new LinkedHashMap<>();
    private Optional<RowReader> reader = Optional.empty();
    private BytesRead read = new BytesRead();
    private long bytesBefore;
    private int opened;
    private int file;
    private long rows;

    private RowStream(List<Path> files, ShapeRecogniser recogniser, ColumnMapping mapping) {
        this.files = List.copyOf(files);
        this.recogniser = recogniser;
        this.mapping = mapping;
    }

    /// Reads `files` in their order, their columns renamed by `mapping`.
    public static RowStream open(
            List<Path> files, ShapeRecogniser recogniser, ColumnMapping mapping) {
        return new RowStream(files, recogniser, mapping);
    }

    /// Reads `files` in their order with the standard shapes, their columns renamed by `mapping`.
    public static RowStream open(List<Path> files, ColumnMapping mapping) {
        return open(files, ShapeRecogniser.standard(), mapping);
    }

    /// What became of a row, or of a file that is not made of rows.
    public sealed interface Read {
        /// A row, understood.
        ///
        /// @param row as it was read, with its columns renamed
        record Understood(ObjectNode row, RowShape shape, Example example) implements Read {}

        /// A row that cannot be understood; `row` is there where it is an object.
        record Faulty(Origin origin, Optional<ObjectNode> row, AttuneException fault)
                implements Read {}

        /// A file of which no row can be read; it is no row.
        record NoRows(Path file, AttuneException fault) implements Read {}
    }

    /// The next row, or nothing at the end of the last file.
    public Optional<Read> next() {
        while (true) {
            if (reader.isEmpty()) {
                if (opened == files.size()) {
                    return Optional.empty();
                }
                file = opened++;
                try {
                    Source source = Source.of(files.get(file));
                    read = source.read();
                    reader = Optional.of(RowFormat.open(source));
                } catch (AttuneException e) {
                    return Optional.of(new Read.NoRows(files.get(file), e));
                }
            }
            Optional<ReadRow> row = reader.get().next();
            if (row.isPresent()) {
                rows++;
                return Optional.of(understood(row.get()));
            }
            close();
            bytesBefore += fileBytes(files.get(file));
            read = new BytesRead();
        }
    }

    /// How many bytes of the files are read so far, as they are on the disk.
    public long bytes() {
        return bytesBefore + read.at();
    }

    /// How many bytes the files have.
    public long totalBytes() {
        return files.stream().mapToLong(RowStream::fileBytes).sum();
    }

    private static long fileBytes(Path file) {
        return file.toFile().length();
    }

    /// Which of the files the last row came from.
    public int file() {
        return file;
    }

    /// How many rows there were so far, understood or not.
    public long rows() {
        return rows;
    }

    /// How many rows of each shape were understood so far, with the reason they were taken for it.
    public Map<String, Long> shapes() {
        return Collections.unmodifiableMap(shapes);
    }

    /// Closes the file that is open.
    @Override
    public void close() {
        reader.ifPresent(RowReader::close);
        reader = Optional.empty();
    }

    private Read understood(ReadRow row) {
        return switch (row) {
            case ReadRow.Faulty(Origin origin, AttuneException fault) ->
                    new Read.Faulty(origin, Optional.empty(), fault);
            case ReadRow.Columns(Origin origin, ObjectNode columns) -> {
                try {
                    ObjectNode mapped = mapping.map(columns);
                    var recognised = recogniser.recognise(mapped);
                    Example example = recognised.shape().example(mapped, origin);
                    String shape = recognised.shape().title() + ": " + recognised.because();
                    shapes.merge(shape, 1L, Long::sum);
                    yield new Read.Understood(mapped, recognised.shape(), example);
                } catch (AttuneException e) {
                    yield new Read.Faulty(origin, Optional.of(columns), e.at(origin));
                }
            }
        };
    }
}
