package dev.attune.data;

import java.util.Arrays;

/// Longs without boxes, for what is kept of each row. They lie in pieces, so that growing copies
/// none of them. Not thread-safe.
final class LongList {
    private static final int PIECE_BITS = 12;
    private static final int PIECE = 1 << PIECE_BITS;

    private long[][] pieces = new long[4][];
    private int size;

    void add(long value) {
        int piece = size >>> PIECE_BITS;
        if ((size & (PIECE - 1)) == 0) {
            if (piece == pieces.length) {
                pieces = Arrays.copyOf(pieces, 2 * piece);
            }
            pieces[piece] = new long[PIECE];
        }
        pieces[piece][size++ & (PIECE - 1)] = value;
    }

    long at(int index) {
        return pieces[index >>> PIECE_BITS][index & (PIECE - 1)];
    }

    void set(int index, long value) {
        pieces[index >>> PIECE_BITS][index & (PIECE - 1)] = value;
    }

    int size() {
        return size;
    }

    /// The index of the first value that is not less than `value`, of values in ascending order.
    int firstNotBelow(long value) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle) < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Puts them into ascending order.
    void sort() {
        long[] all = new long[size];
        for (int i = 0; i < size; i++) {
            all[i] = at(i);
        }
        Arrays.sort(all);
        for (int i = 0; i < size; i++) {
            set(i, all[i]);
        }
    }

    /// Sorts them and keeps one of each.
    void sortUnique() {
        sort();
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (i == 0 || at(i) != at(kept - 1)) {
                set(kept++, at(i));
            }
        }
        size = kept;
        int used = (kept + PIECE - 1) >>> PIECE_BITS;
        Arrays.fill(pieces, used, pieces.length, null);
    }
}
