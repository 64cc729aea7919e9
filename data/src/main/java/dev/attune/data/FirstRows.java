package dev.attune.data;

import java.util.Arrays;

/// For each 64-bit key the first row that had it: an open hash table without boxes.
final class FirstRows {
    private long[] keys = new long[1 << 12];
    private int[] rows = new int[1 << 12];
    private int size;

    FirstRows() {
        Arrays.fill(rows, -1);
    }

    /// The first row with `key`, which is `row` if there was none.
    int first(long key, int row) {
        int at = slot(key);
        if (rows[at] >= 0) {
            return rows[at];
        }
        keys[at] = key;
        rows[at] = row;
        if (++size > rows.length / 4 * 3) {
            grow();
        }
        return row;
    }

    /// The first row with `key`, or -1.
    int find(long key) {
        return rows[slot(key)];
    }

    private int slot(long key) {
        int mask = rows.length - 1;
        int at = (int) (Hash64.mixed(key) & mask);
        while (rows[at] >= 0 && keys[at] != key) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldRows = rows;
        keys = new long[oldKeys.length * 2];
        rows = new int[oldRows.length * 2];
        Arrays.fill(rows, -1);
        for (int i = 0; i < oldRows.length; i++) {
            if (oldRows[i] >= 0) {
                int at = slot(oldKeys[i]);
                keys[at] = oldKeys[i];
                rows[at] = oldRows[i];
            }
        }
    }
}
