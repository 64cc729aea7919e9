package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.data.Origin;
import dev.attune.data.TokenRows;
import dev.attune.text.TokenSequence;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// What is counted of millions of rows is right on few.
class SameTokensTest {
    private static final Path FILE = Path.of("rows.jsonl");

    @Test
    void groupsRowsOfTheSameTokensInTheOrderOfTheirFirst() {
        SameTokens same = SameTokens.of(rows(5, 7, 5, 9, 7, 5));

        assertThat(same.count()).isEqualTo(3);
        assertThat(List.of(same.group(0), same.group(1), same.group(2))).containsExactly(0, 1, 0);
        assertThat(List.of(same.group(3), same.group(4), same.group(5))).containsExactly(2, 1, 0);
        assertThat(List.of(same.first(0), same.first(1), same.first(2))).containsExactly(0, 1, 3);
        assertThat(List.of(same.size(0), same.size(1), same.size(2))).containsExactly(3, 2, 1);
    }

    @Test
    void holdsOutAShareOfManyRowsAndKeepsThoseOfTheSameTokensTogether() {
        int[] ids = new int[20_000];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i % 15_000;
        }
        TokenRows rows = rows(ids);

        BitSet held = HeldOut.draw(rows, 0.1, 42).rows();

        assertThat(held.cardinality()).isEqualTo(2000);
        for (int row = 15_000; row < 20_000; row++) {
            assertThat(held.get(row)).isEqualTo(held.get(row - 15_000));
        }
        assertThat(HeldOut.leaked(rows, rows(3, 20_001, 4))).isEqualTo(2);
    }

    @Test
    void countsAPlaceOnceHoweverOftenItIsAdded() {
        DistinctOrigins origins = new DistinctOrigins();
        for (int i = 0; i < 3000; i++) {
            origins.add(new Origin(FILE, 1 + i % 1500, i % 1500));
            origins.add(new Origin(Path.of("other.jsonl"), 1 + i % 10, i % 10));
        }

        assertThat(origins.count()).isEqualTo(1510);
    }

    private static TokenRows rows(int... ids) {
        List<TokenSequence> rows = new ArrayList<>();
        List<Origin> origins = new ArrayList<>();
        for (int id : ids) {
            rows.add(new TokenSequence(new int[] {1, id}, new BitSet()));
            origins.add(new Origin(FILE, origins.size() + 1, origins.size()));
        }
        return TokenRows.of(rows, origins);
    }
}
