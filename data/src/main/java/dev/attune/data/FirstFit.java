package dev.attune.data;

import java.util.Arrays;

/// Finds the first of many bins that has room, in logarithmic time: a binary tree over the bins,
/// each node with the most room of those below it.
///
/// ```
///            [1] 9
///      [2] 4       [3] 9
///  [4] 0  [5] 4  [6] 9  [7] 9      leaves: the bins, from left to right
/// ```
///
/// Unopened bins have all the room, so that the first fit may be a new one.
final class FirstFit {
    private final int capacity;
    private int leaves = 1;
    private int[] room;
    private int opened;
    private long steps;

    FirstFit(int capacity) {
        this.capacity = capacity;
        this.room = new int[] {0, capacity};
    }

    /// Puts `size` into the first bin with so much room, and gives that bin's number.
    int place(int size) {
        if (size < 1 || size > capacity) {
            throw new IllegalArgumentException(size + " into bins of " + capacity);
        }
        if (room[1] < size) {
            grow();
        }
        int node = 1;
        while (node < leaves) {
            node = room[2 * node] >= size ? 2 * node : 2 * node + 1;
            steps++;
        }
        int bin = node - leaves;
        opened = Math.max(opened, bin + 1);
        room[node] -= size;
        while (node > 1) {
            node /= 2;
            room[node] = Math.max(room[2 * node], room[2 * node + 1]);
            steps++;
        }
        return bin;
    }

    /// How many bins are in use.
    int opened() {
        return opened;
    }

    /// How many nodes were visited: what the time goes with.
    long steps() {
        return steps;
    }

    private void grow() {
        int[] grown = new int[4 * leaves];
        Arrays.fill(grown, capacity);
        for (int from = 1, width = 1; width <= leaves; from *= 2, width *= 2) {
            System.arraycopy(room, from, grown, 2 * from, width);
        }
        steps += grown.length;
        leaves *= 2;
        room = grown;
    }
}
