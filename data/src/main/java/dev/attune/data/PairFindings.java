package dev.attune.data;

import dev.attune.data.Finding.Severity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Collects pairs of rows for one finding, and keeps the first.
final class PairFindings {
    private final RowIndex index;
    private final int maxPairs;
    private final List<Finding.RowPair> kept = new ArrayList<>();
    private long count;

    PairFindings(RowIndex index, int maxPairs) {
        this.index = index;
        this.maxPairs = maxPairs;
    }

    void add(int a, int b) {
        count++;
        if (kept.size() < maxPairs) {
            kept.add(new Finding.RowPair(index.origin(a), index.origin(b)));
        }
    }

    /// Adds the finding to `into`, if there is any pair.
    ///
    /// @param message with `%,d` for the number of pairs
    void into(List<Finding> into, Severity severity, String code, String message, String next) {
        if (count > 0) {
            into.add(
                    new Finding.InPairs(
                            severity,
                            code,
                            String.format(Locale.ROOT, message, count),
                            next,
                            count,
                            kept));
        }
    }
}
