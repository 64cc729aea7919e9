package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was wrong with the rows of a data set: the first faults, the kinds of them, and the count
/// of all.
///
/// Not thread-safe.
public final class RowFaults {
    /// How many faults are kept whole; the rest are counted.
    public static final int MAX_KEPT = 100;

    private final List<AttuneException> kept = new ArrayList<>();
    private final Map<String, AlikeFaults> kinds = new LinkedHashMap<>();
    private long count;

    /// Counts a fault, and keeps it if it is among the first.
    public void add(AttuneException fault) {
        count++;
        if (kept.size() < MAX_KEPT) {
            kept.add(fault);
        }
        String kind = AlikeFaults.key(fault);
        if (kinds.containsKey(kind) || kinds.size() < MAX_KEPT) {
            kinds.computeIfAbsent(kind, _ -> new AlikeFaults()).add(fault);
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

    /// Throws all of them as one error, told together. What many rows have in common is said once.
    ///
    /// @param doing what could not be done: `Cannot read train.jsonl`
    public void throwIfAny(String doing) {
        Problems problems =
                new Problems(
                        count <= MAX_KEPT
                                ? doing
                                : "%s: %,d rows are faulty".formatted(doing, count));
        kinds.values().forEach(alike -> alike.told().forEach(problems::add));
        problems.throwIfAny();
    }
}
