package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tensor.Seed;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

import java.util.Arrays;

class RowMixturePropertyTest {
    @Property(tries = 200)
    void noRowIsSeenAgainBeforeAllOthersWere(
            @ForAll @IntRange(min = 1, max = 40) int rows,
            @ForAll @DoubleRange(min = 0.05, max = 3) double weight,
            @ForAll long seed) {
        RowMixture mixture = RowMixture.of(rows, weight, new StepSeeds(new Seed(seed)));
        int[] times = new int[rows];
        for (int epoch = 0; epoch < 12; epoch++) {
            int[] drawn = mixture.epoch(epoch);
            assertThat((double) drawn.length)
                    .isBetween(Math.floor(weight * rows) - 1, Math.ceil(weight * rows) + 1);
            for (int row : drawn) {
                times[row]++;
            }
            int least = Arrays.stream(times).min().orElseThrow();
            assertThat(Arrays.stream(times).max().orElseThrow()).isLessThanOrEqualTo(least + 1);
            assertThat(mixture.times(epoch + 1)).containsExactly(times);
        }
        assertThat((double) Arrays.stream(times).sum())
                .isBetween(12 * weight * rows - 1, 12 * weight * rows + 1e-6);
    }
}
