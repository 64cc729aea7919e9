package dev.attune.data;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/// Draws the held-out rows: of each stratum, groups in the order that a seed gives them, as long as
/// they fit its share. Eight bytes a group.
final class HeldOutRows {
    private final RowGroups groups;
    private final Strata strata;
    private final int rows;
    private final int[] sizes;

    HeldOutRows(RowGroups groups, Strata strata, int rows) {
        this.groups = groups;
        this.strata = strata;
        this.rows = rows;
        this.sizes = new int[rows];
        for (int row = 0; row < rows; row++) {
            sizes[groups.group(row)]++;
        }
    }

    /// How many groups there are.
    long groups() {
        long count = 0;
        for (int size : sizes) {
            count += size > 0 ? 1 : 0;
        }
        return count;
    }

    /// The rows that are held out.
    BitSet drawn(double share, long seed) {
        List<LongList> members = new ArrayList<>();
        long[] counts = new long[strata.count()];
        strata.names().forEach(_ -> members.add(new LongList()));
        for (int row = 0; row < rows; row++) {
            counts[strata.of(row)]++;
            if (sizes[row] > 0) {
                // The draw's order in the upper half, the group in the lower.
                long order = Hash64.of(seed, row) >>> 32 << 32;
                members.get(strata.of(row)).add(order | row);
            }
        }
        List<Integer> byName = new ArrayList<>();
        for (int stratum = 0; stratum < strata.count(); stratum++) {
            byName.add(stratum);
        }
        byName.sort(Comparator.comparing(strata.names()::get));
        BitSet first = new BitSet(rows);
        double owed = 0;
        for (int stratum : byName) {
            owed += share * (double) counts[stratum];
            LongList drawn = members.get(stratum);
            drawn.sort();
            for (int i = 0; i < drawn.size(); i++) {
                int group = (int) drawn.at(i);
                if (sizes[group] <= owed + 0.5 && owed >= 0.5) {
                    first.set(group);
                    owed -= sizes[group];
                }
            }
        }
        return whole(first);
    }

    private BitSet whole(BitSet first) {
        BitSet held = new BitSet(rows);
        for (int row = 0; row < rows; row++) {
            held.set(row, first.get(groups.group(row)));
        }
        return held;
    }
}
