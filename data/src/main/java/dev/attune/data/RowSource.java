package dev.attune.data;

import dev.attune.base.AttuneException;

import java.nio.file.Path;
import java.util.Optional;

/// Where rows come from, what their columns are called there, and how often they are seen.
///
/// @param path a file, a folder of data files, or a data set of the hub as [HubRows] reads it
/// @param split which part of it: the files that are named `train`, `test` and the like
/// @param columns how columns are renamed
/// @param weight how often each row is seen in an epoch: 2 is twice, 0.5 in every second epoch
public record RowSource(String path, Optional<String> split, ColumnMapping columns, double weight) {
    private static final double MOST = 1000;

    /// Checks the weight.
    ///
    /// @throws AttuneException of kind USER if it is not above 0 and at most 1000
    public RowSource {
        if (!(weight > 0 && weight <= MOST)) {
            throw AttuneException.user(
                            "The weight of %s is %s, expected a number above 0, at most 1000."
                                    .formatted(path, weight))
                    .fix("Give 2 to see each row twice an epoch; leave a source out for none.");
        }
    }

    /// A source that is read whole, as it is.
    public static RowSource of(String path) {
        return new RowSource(path, Optional.empty(), ColumnMapping.NONE, 1);
    }

    /// A file or folder.
    public static RowSource of(Path path) {
        return of(path.toString());
    }

    /// Whether it says no more than its path.
    public boolean isPlain() {
        return split.isEmpty() && columns.from().isEmpty() && weight == 1;
    }

    /// The same under another path.
    public RowSource at(String other) {
        return new RowSource(other, split, columns, weight);
    }

    /// The same with another split.
    public RowSource withSplit(Optional<String> other) {
        return new RowSource(path, other, columns, weight);
    }

    /// The same with these columns, unless it has some of its own.
    public RowSource orColumns(ColumnMapping others) {
        return columns.from().isEmpty() ? new RowSource(path, split, others, weight) : this;
    }

    /// As a person calls it: the path, and the part of it that is read.
    public String told() {
        return split.map(part -> path + ", split " + part).orElse(path);
    }
}
