package dev.attune.data;

/// Rows in groups that grow together: a union-find with path halving. A group's name is its first
/// row. Not thread-safe.
final class RowGroups {
    private final int[] parents;

    RowGroups(int rows) {
        parents = new int[rows];
        for (int i = 0; i < rows; i++) {
            parents[i] = i;
        }
    }

    /// The group of a row.
    int group(int row) {
        int at = row;
        while (parents[at] != at) {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        return at;
    }

    /// Makes one group of two.
    void join(int a, int b) {
        int first = group(a);
        int second = group(b);
        parents[Math.max(first, second)] = Math.min(first, second);
    }
}
