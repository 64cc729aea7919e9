package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.text.TokenSequence;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

class PackerTest {
    @Test
    void placesTheLongestFirstEachWhereItFirstFits() {
        Packing packing = new Packer(10).pack(rows(List.of(4, 8, 1, 4, 2, 1)));

        assertThat(lengths(packing)).containsExactly(List.of(8, 2), List.of(4, 4, 1, 1));
        assertThat(packing.row(1).positions()).containsExactly(0, 1, 2, 3, 0, 1, 2, 3, 0, 0);
        assertThat(packing.row(1).origins())
                .extracting(Origin::row)
                .containsExactly(0L, 3L, 2L, 5L);
        assertThat(packing.fates()).isEmpty();
        assertThat(packing.documents()).isEqualTo(6);
    }

    @Test
    void packsNothingIntoNoRows() {
        assertThat(new Packer(4).pack(rows(List.of())).rows()).isZero();
    }

    @Property(tries = 500)
    void losesAndDoublesNoTokenAndKeepsDocumentsWhole(
            @ForAll @Size(max = 60) List<@IntRange(max = 30) Integer> lengths,
            @ForAll @IntRange(min = 30, max = 70) int maxLength) {
        TokenRows rows = rows(lengths);
        Packing packing = new Packer(maxLength).pack(rows);

        boolean[] seen = new boolean[lengths.size()];
        for (int i = 0; i < packing.rows(); i++) {
            PackedRow packed = packing.row(i);
            assertThat(packed.tokens().length()).as("length of row %d", i).isBetween(1, maxLength);
            int at = 0;
            for (int d = 0; d < packed.documentLengths().length; d++) {
                int row = (int) packed.origins().get(d).row();
                assertThat(seen[row]).as("row %d came before", row).isFalse();
                seen[row] = true;
                TokenSequence whole = rows.row(row);
                assertThat(packed.documentLengths()[d]).isEqualTo(whole.length());
                for (int t = 0; t < whole.length(); t++, at++) {
                    assertThat(packed.tokens().id(at)).isEqualTo(whole.id(t));
                    assertThat(packed.tokens().isTrained(at)).isEqualTo(whole.isTrained(t));
                }
            }
        }
        for (RowFate fate : packing.fates()) {
            assertThat(fate.kind()).isEqualTo(RowFate.Kind.EMPTY);
            seen[fate.row()] = true;
        }
        assertThat(seen).as("rows with a fate").doesNotContain(false);
    }

    @Property(tries = 300)
    void needsAtMostElevenNinthsOfTheLeastNumberOfRowsAndOne(
            @ForAll @Size(min = 1, max = 9) List<@IntRange(min = 1, max = 20) Integer> lengths) {
        int best = fewest(lengths, new ArrayList<>(), 20);

        assertThat(new Packer(20).pack(rows(lengths)).rows())
                .as("rows, where %d are enough", best)
                .isBetween(best, best * 11 / 9 + 1);
    }

    @Test
    void takesTimeThatGrowsLittleFasterThanTheRows() {
        int count = 200_000;
        SplittableRandom random = new SplittableRandom(7);
        List<Integer> lengths = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lengths.add(1 + random.nextInt(1000));
        }
        Packing packing = new Packer(2048).pack(new Lengths(lengths));

        // Down and up a tree of at most 2^18 leaves, and its growth.
        assertThat(packing.steps()).as("nodes visited").isLessThan(count * 2L * 18 + (1L << 20));
    }

    @Test
    void failsOnLongRowsAndListsThem() {
        assertThatThrownBy(() -> new Packer(5).pack(rows(List.of(6, 5, 9))))
                .hasMessageStartingWith(
                        """
                        Cannot fit all rows into 5 tokens: 2 problems.
                        - The row has 6 tokens; at most 5 fit.
                            at   x.jsonl:1
                            fix  Raise max_length, shorten the row, or say what may become of such\
                         rows: drop, truncate_end, truncate_prompt or split.
                        - The row has 9 tokens; at most 5 fit.
                            at   x.jsonl:3\
                        """);
    }

    @Test
    void recordsWhatItDrops() {
        Packing packing = new Packer(5, TooLong.DROP).pack(rows(List.of(6, 5)));

        assertThat(lengths(packing)).containsExactly(List.of(5));
        assertThat(packing.fates())
                .containsExactly(new RowFate(0, origin(0), RowFate.Kind.DROPPED, 6, 1));
    }

    @Test
    void cutsTheEndOnlyWhereThatIsAskedFor() {
        Packing packing = new Packer(5, TooLong.TRUNCATE_END).pack(rows(List.of(8)));

        assertThat(packing.row(0).tokens().ids()).containsExactly(0, 1, 2, 3, 4);
        // Tokens 3 and 6 are trained.
        assertThat(packing.fates())
                .containsExactly(new RowFate(0, origin(0), RowFate.Kind.TRUNCATED, 3, 1));
    }

    @Test
    void cutsThePromptAndNeverTheAnswer() {
        BitSet answer = new BitSet();
        answer.set(6, 8);
        TokenRows rows =
                TokenRows.of(
                        List.of(new TokenSequence(new int[] {0, 1, 2, 3, 4, 5, 6, 7}, answer)),
                        List.of(origin(0)));
        Packing packing = new Packer(3, TooLong.TRUNCATE_PROMPT).pack(rows);

        assertThat(packing.row(0).tokens().labels()).containsExactly(-100, 6, 7);
        assertThat(packing.fates())
                .containsExactly(new RowFate(0, origin(0), RowFate.Kind.TRUNCATED, 5, 0));
        assertThatThrownBy(() -> new Packer(2, TooLong.TRUNCATE_PROMPT).pack(rows))
                .hasMessageStartingWith(
                        "The row has 3 tokens from before its first answer to its end; at most 2"
                                + " fit, and cutting its prompt is not enough.\n  at   x.jsonl:1");
    }

    @Test
    void splitsIntoDocumentsThatTogetherAreTheRow() {
        Packing packing = new Packer(3, TooLong.SPLIT).pack(rows(List.of(8)));

        assertThat(lengths(packing)).containsExactly(List.of(3), List.of(3), List.of(2));
        assertThat(packing.row(1).tokens().ids()).containsExactly(3, 4, 5);
        assertThat(packing.row(2).tokens().ids()).containsExactly(6, 7);
        // Tokens 3 and 6 are trained, and come to stand first.
        assertThat(packing.fates())
                .containsExactly(new RowFate(0, origin(0), RowFate.Kind.SPLIT, 0, 2));
    }

    private static int fewest(List<Integer> left, List<Integer> rooms, int capacity) {
        if (left.isEmpty()) {
            return rooms.size();
        }
        int size = left.getFirst();
        List<Integer> rest = left.subList(1, left.size());
        List<Integer> withNew = new ArrayList<>(rooms);
        withNew.add(capacity - size);
        int best = fewest(rest, withNew, capacity);
        for (int i = 0; i < rooms.size(); i++) {
            if (rooms.get(i) >= size && rooms.indexOf(rooms.get(i)) == i) {
                List<Integer> filled = new ArrayList<>(rooms);
                filled.set(i, rooms.get(i) - size);
                best = Math.min(best, fewest(rest, filled, capacity));
            }
        }
        return best;
    }

    private static List<List<Integer>> lengths(Packing packing) {
        List<List<Integer>> all = new ArrayList<>();
        for (int i = 0; i < packing.rows(); i++) {
            List<Integer> row = new ArrayList<>();
            for (int length : packing.row(i).documentLengths()) {
                row.add(length);
            }
            all.add(row);
        }
        return all;
    }

    /// Rows of these lengths: token `t` of row `r` is 1000 r + t, and every third but 0 is trained.
    private static TokenRows rows(List<Integer> lengths) {
        List<TokenSequence> rows = new ArrayList<>();
        List<Origin> origins = new ArrayList<>();
        for (int r = 0; r < lengths.size(); r++) {
            int[] ids = new int[lengths.get(r)];
            BitSet trained = new BitSet();
            for (int t = 0; t < ids.length; t++) {
                ids[t] = 1000 * r + t;
                trained.set(t, t > 0 && t % 3 == 0 && t < 7);
            }
            rows.add(new TokenSequence(ids, trained));
            origins.add(origin(r));
        }
        return TokenRows.of(rows, origins);
    }

    private static Origin origin(int row) {
        return new Origin(Path.of("x.jsonl"), row + 1L, row);
    }

    /// Rows of which the lengths alone are known.
    private record Lengths(List<Integer> lengths) implements TokenRows {
        @Override
        public int rows() {
            return lengths.size();
        }

        @Override
        public int length(int row) {
            return lengths.get(row);
        }

        @Override
        public TokenSequence row(int row) {
            throw new IllegalStateException("packing need not read row " + row);
        }

        @Override
        public Origin origin(int row) {
            return PackerTest.origin(row);
        }
    }
}
