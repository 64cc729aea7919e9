package dev.attune.train;

import dev.attune.data.TokenRows;
import dev.attune.tensor.Seed;
import dev.attune.text.TokenSequence;

import java.util.Arrays;

/// Which rows have the same tokens: groups, numbered in the order of their first rows. Some thirty
/// bytes a row.
///
/// Not thread-safe.
final class SameTokens {
    private final int[] groups;
    private final int[] firsts;
    private final int[] sizes;
    private int count;

    private SameTokens(int rows) {
        groups = new int[rows];
        firsts = new int[rows];
        sizes = new int[rows];
    }

    /// Reads every row once.
    static SameTokens of(TokenRows rows) {
        SameTokens same = new SameTokens(rows.rows());
        int slots = Integer.highestOneBit(Math.max(16, rows.rows() / 2 * 3)) << 1;
        long[] keys = new long[slots];
        int[] groupAt = new int[slots];
        Arrays.fill(groupAt, -1);
        for (int row = 0; row < rows.rows(); row++) {
            long key = hash(rows.row(row));
            int slot = (int) (key >>> 32) & (slots - 1);
            while (groupAt[slot] >= 0 && keys[slot] != key) {
                slot = (slot + 1) & (slots - 1);
            }
            if (groupAt[slot] < 0) {
                keys[slot] = key;
                groupAt[slot] = same.count;
                same.firsts[same.count++] = row;
            }
            same.groups[row] = groupAt[slot];
            same.sizes[groupAt[slot]]++;
        }
        return same;
    }

    /// How many different rows there are.
    int count() {
        return count;
    }

    /// The group of a row.
    int group(int row) {
        return groups[row];
    }

    /// The first row of a group.
    int first(int group) {
        return firsts[group];
    }

    /// How many rows are in a group.
    int size(int group) {
        return sizes[group];
    }

    /// 64 bits of the ids; that two different rows share them is as good as impossible.
    static long hash(TokenSequence row) {
        Seed hash = new Seed(row.length());
        for (int id : row.ids()) {
            hash = hash.with(id);
        }
        return hash.value();
    }
}
