package dev.attune.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which stratum each row belongs to: the parts of a data set that are to have their shares on both
/// sides of a split. A name is kept once, and a number a row.
///
/// Not thread-safe.
final class Strata {
    /// Of more different names none is a class.
    private static final int MAX_NAMES = 1000;

    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final LongList rows = new LongList();

    /// Adds the next row. Beyond so many names rows go into the one without a name.
    void add(String name) {
        boolean known = numbers.containsKey(name) || names.size() < MAX_NAMES;
        String taken = known ? name : "";
        rows.add(
                numbers.computeIfAbsent(
                        taken,
                        _ -> {
                            names.add(taken);
                            return names.size() - 1;
                        }));
    }

    /// Puts all rows whose name is not among `known` into the one without a name.
    Strata only(Map<String, Long> known) {
        Strata only = new Strata();
        for (int row = 0; row < rows.size(); row++) {
            only.add(known.containsKey(name(row)) ? name(row) : "");
        }
        return only;
    }

    /// How many strata there are.
    int count() {
        return names.size();
    }

    /// The names in the order of their numbers.
    List<String> names() {
        return List.copyOf(names);
    }

    /// The number of a row's stratum.
    int of(int row) {
        return (int) rows.at(row);
    }

    private String name(int row) {
        return names.get(of(row));
    }
}
