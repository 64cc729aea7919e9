package dev.attune.data;

import dev.attune.base.AttuneException;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The examples of one or more files, one after the other, in constant memory.
///
/// A row that cannot be understood is recorded in [#faults] and passed over; so every row is in one
/// of two counts, and [#rows] is their sum. Whoever opens it closes it. Not thread-safe.
public final class ExampleStream implements AutoCloseable {
    private final List<Path> files;
    private final ShapeRecogniser recogniser;
    private final RowFaults faults = new RowFaults();
    private final Map<String, Long> shapes = new LinkedHashMap<>();
    private Optional<RowReader> reader = Optional.empty();
    private int opened;
    private int file;
    private long rows;

    private ExampleStream(List<Path> files, ShapeRecogniser recogniser) {
        this.files = List.copyOf(files);
        this.recogniser = recogniser;
    }

    /// Reads `files` in their order, with the standard shapes.
    public static ExampleStream open(List<Path> files) {
        return open(files, ShapeRecogniser.standard());
    }

    /// Reads `files` in their order.
    public static ExampleStream open(List<Path> files, ShapeRecogniser recogniser) {
        return new ExampleStream(files, recogniser);
    }

    /// The next example, or nothing at the end of the last file. A file that is not made of rows at
    /// all is a fault, too.
    public Optional<Example> next() {
        while (true) {
            if (reader.isEmpty()) {
                if (opened == files.size()) {
                    return Optional.empty();
                }
                openNext();
                continue;
            }
            Optional<ReadRow> row = reader.get().next();
            if (row.isEmpty()) {
                close();
                continue;
            }
            rows++;
            Optional<Example> example = understand(row.get());
            if (example.isPresent()) {
                return example;
            }
        }
    }

    /// Which of the files the last example came from.
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

    /// What was wrong so far.
    public RowFaults faults() {
        return faults;
    }

    /// Closes the file that is open.
    @Override
    public void close() {
        reader.ifPresent(RowReader::close);
        reader = Optional.empty();
    }

    private void openNext() {
        file = opened++;
        try {
            reader = Optional.of(RowReader.open(files.get(file)));
        } catch (AttuneException e) {
            faults.add(e);
        }
    }

    private Optional<Example> understand(ReadRow row) {
        return switch (row) {
            case ReadRow.Faulty(var _, AttuneException fault) -> {
                faults.add(fault);
                yield Optional.empty();
            }
            case ReadRow.Columns(Origin origin, var columns) -> {
                try {
                    var recognised = recogniser.recognise(columns);
                    Example example = recognised.shape().example(columns, origin);
                    String shape = recognised.shape().title() + ": " + recognised.because();
                    shapes.merge(shape, 1L, Long::sum);
                    yield Optional.of(example);
                } catch (AttuneException e) {
                    faults.add(e.at(origin));
                    yield Optional.empty();
                }
            }
        };
    }
}
