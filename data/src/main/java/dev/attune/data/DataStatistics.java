package dev.attune.data;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a data set is made of: rows, shapes, roles, lengths, labels. Made in one pass and little
/// memory.
public final class DataStatistics {
    private static final int MAX_LABELS = 1000;

    private final RowFaults faults = new RowFaults();
    private final Map<String, Long> roles = new TreeMap<>();
    private final Map<String, Long> labels = new TreeMap<>();
    private final LengthHistogram promptChars = new LengthHistogram();
    private final LengthHistogram answerChars = new LengthHistogram();
    private final LengthHistogram turns = new LengthHistogram();
    private Map<String, Long> shapes = Map.of();
    private long rows;
    private long withAnswer;
    private long toolCalls;
    private long images;
    private boolean manyLabels;

    private DataStatistics() {}

    /// Reads all of `files`.
    public static DataStatistics of(List<Path> files, ColumnMapping mapping, Progress progress) {
        DataStatistics statistics = new DataStatistics();
        try (RowStream stream = RowStream.open(files, mapping)) {
            progress.begins("rows read", stream.totalBytes());
            for (var read = stream.next(); read.isPresent(); read = stream.next()) {
                switch (read.get()) {
                    case RowStream.Read.Understood row -> statistics.add(RowText.of(row.example()));
                    case RowStream.Read.Faulty row -> statistics.faults.add(row.fault());
                    case RowStream.Read.NoRows file -> statistics.faults.add(file.fault());
                }
                progress.at(stream.rows(), stream.bytes());
            }
            statistics.shapes = Map.copyOf(stream.shapes());
            statistics.rows = stream.rows();
        }
        return statistics;
    }

    private void add(RowText row) {
        withAnswer += row.hasAnswer() ? 1 : 0;
        images += row.images();
        promptChars.add(row.prompt().length());
        answerChars.add(row.answer().length());
        if (!row.messages().isEmpty()) {
            turns.add(row.messages().size());
        }
        row.messages()
                .forEach(message -> {
                    roles.merge(message.role(), 1L, Long::sum);
                    toolCalls += message.fields().path("tool_calls").size();
                });
        Optional<String> label = row.label();
        if (label.isPresent() && !manyLabels) {
            labels.merge(Quoted.plain(label.get()), 1L, Long::sum);
            manyLabels = labels.size() > MAX_LABELS;
        }
    }

    /// How many rows there are, understood or not.
    public long rows() {
        return rows;
    }

    /// How many have something to be learned.
    public long withAnswer() {
        return withAnswer;
    }

    /// Rows of each shape, with the reason they were taken for it.
    public Map<String, Long> shapes() {
        return new TreeMap<>(shapes);
    }

    /// Messages of each role.
    public Map<String, Long> roles() {
        return Collections.unmodifiableMap(roles);
    }

    /// Rows of each class or verdict; none where there are too many to be classes.
    public Map<String, Long> labels() {
        return manyLabels ? Map.of() : Collections.unmodifiableMap(labels);
    }

    /// Lengths of the prompts.
    public LengthHistogram promptChars() {
        return promptChars;
    }

    /// Lengths of the answers.
    public LengthHistogram answerChars() {
        return answerChars;
    }

    /// Messages of the rows that have such.
    public LengthHistogram turns() {
        return turns;
    }

    /// How many tool calls there are.
    public long toolCalls() {
        return toolCalls;
    }

    /// How many parts are images or the like, which are kept and not learned from.
    public long images() {
        return images;
    }

    /// What was wrong.
    public RowFaults faults() {
        return faults;
    }
}
