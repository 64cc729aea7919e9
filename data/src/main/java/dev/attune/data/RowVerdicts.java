package dev.attune.data;

import java.util.Arrays;
import java.util.Locale;

/// What becomes of understood rows because of other rows: eight bytes a row.
///
/// Not thread-safe.
final class RowVerdicts {
    private final Kind[] kinds;
    private final int[] others;
    private final LongList merged = new LongList();

    RowVerdicts(int rows) {
        kinds = new Kind[rows];
        Arrays.fill(kinds, Kind.STAYS);
        others = new int[rows];
    }

    /// What can become of a row.
    enum Kind {
        /// No other row stands in its way.
        STAYS,
        /// It says what another row says.
        DUPLICATE,
        /// It says nearly what another row says.
        NEAR_DUPLICATE,
        /// It answers otherwise than a row that is right.
        CONTRADICTION,
        /// It goes into another row.
        MERGED;

        String told() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    int rows() {
        return kinds.length;
    }

    Kind kind(int row) {
        return kinds[row];
    }

    boolean stays(int row) {
        return kinds[row] == Kind.STAYS;
    }

    /// The row because of which it does not stay.
    int other(int row) {
        return others[row];
    }

    void set(int row, Kind kind, int other) {
        kinds[row] = kind;
        others[row] = other;
    }

    /// Makes the duplicates of each row one row with it: the one with the longest answer stays, the
    /// first of several.
    ///
    /// @param answerChars length of each row's answer
    void merge(LongList answerChars) {
        LongList groups = new LongList();
        for (int row = 0; row < kinds.length; row++) {
            if (kind(row) == Kind.DUPLICATE || kind(row) == Kind.NEAR_DUPLICATE) {
                groups.add((long) others[row] << 32 | row);
            }
        }
        groups.sort();
        int from = 0;
        while (from < groups.size()) {
            int head = (int) (groups.at(from) >>> 32);
            int to = from;
            int longest = head;
            while (to < groups.size() && (int) (groups.at(to) >>> 32) == head) {
                int row = (int) groups.at(to);
                longest = answerChars.at(row) > answerChars.at(longest) ? row : longest;
                to++;
            }
            into(longest, head);
            for (int i = from; i < to; i++) {
                into(longest, (int) groups.at(i));
            }
            from = to;
        }
        merged.sort();
    }

    private void into(int longest, int row) {
        if (row == longest) {
            set(row, Kind.STAYS, row);
        } else {
            set(row, Kind.MERGED, longest);
            merged.add((long) longest << 32 | row);
        }
    }

    /// The rows that go into `row`, in their order.
    int[] mergedInto(int row) {
        int from = merged.firstNotBelow((long) row << 32);
        int to = merged.firstNotBelow((long) (row + 1) << 32);
        int[] rows = new int[to - from];
        for (int i = from; i < to; i++) {
            rows[i - from] = (int) merged.at(i);
        }
        return rows;
    }

    /// Whether any row goes into another.
    boolean merges() {
        return merged.size() > 0;
    }
}
