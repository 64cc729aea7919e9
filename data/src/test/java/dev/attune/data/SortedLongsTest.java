package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// What does not fit into memory and waits on the disk.
class SortedLongsTest {
    @Property(tries = 50)
    void givesEachValueOnceInOrderHoweverFewFitIntoMemory(
            @ForAll List<Long> values, @ForAll @IntRange(min = 1024, max = 5000) int inMemory) {
        List<Long> many = new ArrayList<>(values);
        for (long i = 0; i < 20_000; i++) {
            many.add(i * 7919 % 10_007);
        }
        try (SortedLongs sorted = new SortedLongs(inMemory)) {
            many.forEach(sorted::add);

            assertThat(taken(sorted)).containsExactlyElementsOf(new TreeSet<>(many));
            assertThat(taken(sorted)).as("a second time").hasSameSizeAs(new TreeSet<>(many));
        }
    }

    @Test
    void givesNothingOfNothing() {
        try (SortedLongs sorted = new SortedLongs(1024)) {
            assertThat(taken(sorted)).isEmpty();
        }
    }

    @Test
    void readsBytesBackFromMemoryAndDiskAndAcrossTheirBound() {
        try (SpillFile spill = new SpillFile(100)) {
            for (int i = 0; i < 40; i++) {
                byte[] bytes = new byte[i];
                java.util.Arrays.fill(bytes, (byte) i);
                assertThat(spill.append(ByteBuffer.wrap(bytes))).isEqualTo(i * (i - 1) / 2);
            }
            spill.append(ByteBuffer.wrap(new byte[1000]));

            byte[] all = new byte[780];
            spill.read(0, all.length).get(all);
            int at = 0;
            for (int i = 0; i < 40; i++) {
                for (int j = 0; j < i; j++) {
                    assertThat(all[at++]).isEqualTo((byte) i);
                }
            }
            assertThat(spill.size()).isEqualTo(1780);
            assertThat(spill.read(1779, 1).get()).isZero();
        }
    }

    private static List<Long> taken(SortedLongs sorted) {
        List<Long> taken = new ArrayList<>();
        for (var ascending = sorted.ascending(); ascending.hasNext(); ) {
            taken.add(ascending.next());
        }
        return taken;
    }
}
