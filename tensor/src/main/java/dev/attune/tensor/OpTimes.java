package dev.attune.tensor;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Adds up how long each operation took, forward and backward apart.
///
/// On a GPU, where work is only queued, these are times of queueing.
public final class OpTimes {
    private final Map<String, Row> rows = new HashMap<>();

    /// The sum for one operation.
    ///
    /// @param name the operation, with ` backward` behind it for the way back
    /// @param calls how often it ran
    /// @param nanos how long in all
    public record Row(String name, long calls, long nanos) {}

    /// Adds one call.
    public void add(String name, long nanos) {
        rows.merge(
                name,
                new Row(name, 1, nanos),
                (a, b) -> new Row(name, a.calls + b.calls, a.nanos + b.nanos));
    }

    /// The sums, the longest first.
    public List<Row> rows() {
        return rows.values().stream()
                .sorted(Comparator.comparingLong(Row::nanos).reversed())
                .toList();
    }
}
