package dev.attune.train;

import dev.attune.data.EpochOrder;
import dev.attune.data.TokenRows;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// Which rows are held out: a share of them, drawn by the seed. Rows of the same tokens stay on one
/// side, so that no answer is judged that was learned word for word.
record HeldOut(BitSet rows) {
    /// Draws about `share` of the rows, at least one and at most all but one, where there are two
    /// different ones.
    static HeldOut draw(TokenRows rows, double share, long seed) {
        return draw(rows, new long[] {rows.rows()}, _ -> 0, share, seed);
    }

    /// Likewise of the rows of several sources, of each about the same share. Rows of the same
    /// tokens count to the source of the first of them.
    static HeldOut draw(SourceRows rows, double share, long seed) {
        long[] all = new long[rows.sources().size()];
        for (int row = 0; row < rows.rows(); row++) {
            all[rows.source(row)]++;
        }
        return draw(rows, all, rows::source, share, seed);
    }

    private static HeldOut draw(
            TokenRows rows, long[] all, IntUnaryOperator source, double share, long seed) {
        BitSet held = new BitSet();
        if (share == 0) {
            return new HeldOut(held);
        }
        SameTokens same = SameTokens.of(rows);
        long[] wanted = Arrays.stream(all).map(count -> Math.round(share * count)).toArray();
        if (Arrays.stream(wanted).sum() == 0) {
            wanted[source.applyAsInt(0)] = 1;
        }
        BitSet groups = new BitSet(same.count());
        long drawn = 0;
        for (int group : EpochOrder.shuffled(seed).rows(0, same.count())) {
            int size = same.size(group);
            int of = source.applyAsInt(same.first(group));
            if (size <= wanted[of] && drawn + size < rows.rows()) {
                groups.set(group);
                drawn += size;
                wanted[of] -= size;
            }
        }
        for (int row = 0; row < rows.rows(); row++) {
            held.set(row, groups.get(same.group(row)));
        }
        return new HeldOut(held);
    }

    /// How many of some rows are among those that are learned, token for token.
    static long leaked(TokenRows learned, TokenRows held) {
        long[] known = new long[learned.rows()];
        for (int row = 0; row < learned.rows(); row++) {
            known[row] = SameTokens.hash(learned.row(row));
        }
        Arrays.sort(known);
        return IntStream.range(0, held.rows())
                .filter(row -> Arrays.binarySearch(known, SameTokens.hash(held.row(row))) >= 0)
                .count();
    }

    /// The numbers of the rows that are held out, or of those that are not.
    int[] numbers(int all, boolean held) {
        int[] numbers = new int[all];
        int count = 0;
        for (int row = 0; row < all; row++) {
            if (rows.get(row) == held) {
                numbers[count++] = row;
            }
        }
        return Arrays.copyOf(numbers, count);
    }
}
