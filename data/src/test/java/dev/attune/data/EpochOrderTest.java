package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

class EpochOrderTest {
    private static final EpochOrder SEED_42 = EpochOrder.shuffled(42);

    @Test
    void givesTheKnownOrderOnEveryMachine() {
        assertThat(EpochOrder.mix(1)).isEqualTo(0x5692161D100B05E5L);
        assertThat(SEED_42.rows(0, 10)).containsExactly(6, 2, 5, 0, 1, 4, 8, 3, 7, 9);
        assertThat(SEED_42.rows(1, 10)).containsExactly(1, 5, 8, 6, 2, 3, 7, 9, 4, 0);
    }

    @Property(tries = 300)
    void visitsEachRowOnce(
            @ForAll long seed,
            @ForAll @IntRange(max = 1_000_000) int epoch,
            @ForAll @IntRange(max = 2000) int rows) {
        int[] order = EpochOrder.shuffled(seed).rows(epoch, rows);

        assertThat(Arrays.stream(order).sorted().toArray())
                .isEqualTo(IntStream.range(0, rows).toArray());
    }

    @Test
    void differsInEveryEpochAndForEverySeed() {
        Set<String> orders = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            orders.add(Arrays.toString(SEED_42.rows(i, 20)));
            orders.add(Arrays.toString(EpochOrder.shuffled(i + 1000).rows(0, 20)));
        }

        assertThat(orders).hasSize(1000);
    }

    @Test
    void givesAllOrdersOfFourRowsAlike() {
        Map<String, Integer> counts = new HashMap<>();
        for (int epoch = 0; epoch < 24_000; epoch++) {
            counts.merge(Arrays.toString(SEED_42.rows(epoch, 4)), 1, Integer::sum);
        }
        double chiSquared =
                counts.values().stream().mapToDouble(n -> (n - 1000.0) * (n - 1000.0) / 1000).sum();

        assertThat(counts).hasSize(24);
        // 49.7 is passed by chance in one of a thousand.
        assertThat(chiSquared).as("chi squared with 23 degrees of freedom").isLessThan(49.7);
    }

    @Test
    void keepsTheOrderOfTheDataIfAsked() {
        assertThat(EpochOrder.inOrder().rows(7, 4)).containsExactly(0, 1, 2, 3);
    }

    @Property(tries = 300)
    void resumesWithTheVeryNextRow(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 50) int rows,
            @ForAll @IntRange(max = 200) int before) {
        EpochOrder order = EpochOrder.shuffled(seed);
        RowVisit visit = RowVisit.start("key", rows, order);
        for (int i = 0; i < before; i++) {
            visit.next();
        }
        String json = visit.cursor().toJson().toString();
        Cursor read = Cursor.fromJson(JsonMapper.shared().readTree(json));
        RowVisit resumed = RowVisit.resume(read, "key", rows, order);

        assertThat(read).isEqualTo(visit.cursor());
        assertThat(read.rowsSeen()).isEqualTo(before);
        for (int i = 0; i < 120; i++) {
            assertThat(resumed.next()).as("row %d after resuming", i).isEqualTo(visit.next());
        }
        assertThat(resumed.cursor()).isEqualTo(visit.cursor());
    }

    @Test
    void saysWhatHasChangedSinceTheRunBegan() {
        Cursor cursor = Cursor.start("abc", 10, SEED_42);

        assertThatThrownBy(() -> RowVisit.resume(cursor, "abd", 10, SEED_42))
                .hasMessageStartingWith(
                        "The content of the data or its preparation has changed since the run"
                                + " began: was abc, is abd.");
        assertThatThrownBy(() -> RowVisit.resume(cursor, "abd", 11, EpochOrder.shuffled(43)))
                .hasMessageContaining(
                        "number of rows has changed since the run began: was 10, is 11")
                .hasMessageContaining("was shuffled-v1 seed 42, is shuffled-v1 seed 43");
        assertThatThrownBy(() -> RowVisit.resume(cursor, "abc", 10, EpochOrder.inOrder()))
                .hasMessageStartingWith("The order of the rows has changed");
    }

    @Test
    void refusesACursorThatCannotBe() {
        assertThatThrownBy(() -> new Cursor("k", 3, "o", 0, 4, 4))
                .hasMessageStartingWith(
                        "The position in the data is impossible: row 4 of 3 in epoch 0, with 4 rows"
                                + " seen.");
        var json = Cursor.start("k", 3, SEED_42).toJson().put("epoch", -1);
        assertThatThrownBy(() -> Cursor.fromJson(json))
                .hasMessageStartingWith(
                        "The position in the data cannot be read: `epoch` is -1; expected a whole"
                                + " number from 0 to");
        assertThatThrownBy(() -> Cursor.fromJson(json.put("epoch", 0).without("data_key")))
                .hasMessageContaining("`data_key` is ; expected a text.");
    }
}
