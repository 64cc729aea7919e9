package dev.attune.train;

import dev.attune.data.Origin;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Counts places, equal ones once: eight bytes for each that is added.
///
/// Not thread-safe.
final class DistinctOrigins {
    private static final int FILE_SHIFT = 44;

    private final Map<Path, Integer> files = new HashMap<>();
    private long[] places = new long[1 << 10];
    private int size;

    /// A row of a file is told by its number; files by the order in which they are met.
    void add(Origin origin) {
        if (size == places.length) {
            places = Arrays.copyOf(places, 2 * size);
        }
        long file = files.computeIfAbsent(origin.file(), _ -> files.size());
        places[size++] = file << FILE_SHIFT | origin.row();
    }

    /// How many different ones were added.
    int count() {
        Arrays.sort(places, 0, size);
        int count = 0;
        for (int i = 0; i < size; i++) {
            count += i == 0 || places[i] != places[i - 1] ? 1 : 0;
        }
        return count;
    }
}
