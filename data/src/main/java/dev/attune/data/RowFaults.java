package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;

import java.util.ArrayList;
import java.util.List;

/// What was wrong with the rows of a data set: the first faults, and the count of all.
///
/// Not thread-safe.
public final class RowFaults {
    /// How many faults are kept whole; the rest are counted.
    public static final int MAX_KEPT = 100;

    private final List<AttuneException> kept = new ArrayList<>();
    private long count;

    /// Counts a fault, and keeps it if it is among the first.
    public void add(AttuneException fault) {
        count++;
        if (kept.size() < MAX_KEPT) {
            kept.add(fault);
        }
    }

    /// How many faults there were.
    public long count() {
        return count;
    }

    /// The first faults, in the order in which they were found.
    public List<AttuneException> kept() {
        return List.copyOf(kept);
    }

    /// Throws all of them as one error, told together.
    ///
    /// @param doing what could not be done: `Cannot read train.jsonl`
    public void throwIfAny(String doing) {
        Problems problems =
                new Problems(
                        count <= MAX_KEPT
                                ? doing
                                : "%s: %,d rows are faulty. Of the first of them"
                                        .formatted(doing, count));
        kept.forEach(problems::add);
        problems.throwIfAny();
    }
}
