package dev.attune.train;

import dev.attune.data.EpochOrder;
import dev.attune.data.TokenRows;
import dev.attune.tensor.Seed;
import dev.attune.text.TokenSequence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        List<List<Integer>> groups = groups(rows);
        long[] wanted = Arrays.stream(all).map(count -> Math.round(share * count)).toArray();
        if (Arrays.stream(wanted).sum() == 0) {
            wanted[source.applyAsInt(0)] = 1;
        }
        for (int group : EpochOrder.shuffled(seed).rows(0, groups.size())) {
            int size = groups.get(group).size();
            int of = source.applyAsInt(groups.get(group).getFirst());
            if (size <= wanted[of] && held.cardinality() + size < rows.rows()) {
                groups.get(group).forEach(held::set);
                wanted[of] -= size;
            }
        }
        return new HeldOut(held);
    }

    /// How many of some rows are among those that are learned, token for token.
    static long leaked(TokenRows learned, TokenRows held) {
        Set<Long> known = new HashSet<>();
        for (int row = 0; row < learned.rows(); row++) {
            known.add(hash(learned.row(row)));
        }
        return IntStream.range(0, held.rows())
                .filter(row -> known.contains(hash(held.row(row))))
                .count();
    }

    private static List<List<Integer>> groups(TokenRows rows) {
        Map<Long, List<Integer>> groups = new HashMap<>();
        List<List<Integer>> inOrder = new ArrayList<>();
        for (int row = 0; row < rows.rows(); row++) {
            List<Integer> group = new ArrayList<>();
            List<Integer> known = groups.putIfAbsent(hash(rows.row(row)), group);
            if (known == null) {
                inOrder.add(group);
            }
            (known == null ? group : known).add(row);
        }
        return inOrder;
    }

    /// 64 bits of the ids; that two different rows share them is as good as impossible.
    private static long hash(TokenSequence row) {
        Seed hash = new Seed(row.length());
        for (int id : row.ids()) {
            hash = hash.with(id);
        }
        return hash.value();
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
