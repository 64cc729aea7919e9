package dev.attune.data;

import java.util.Arrays;

/// Longs without boxes, for what is kept of each row. Not thread-safe.
final class LongList {
    private long[] values = new long[1024];
    private int size;

    void add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size + (size >> 1));
        }
        values[size++] = value;
    }

    long at(int index) {
        return values[index];
    }

    int size() {
        return size;
    }

    /// Puts them into ascending order.
    void sort() {
        Arrays.sort(values, 0, size);
    }

    /// Sorts them and keeps one of each.
    void sortUnique() {
        sort();
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (i == 0 || values[i] != values[kept - 1]) {
                values[kept++] = values[i];
            }
        }
        size = kept;
    }
}
