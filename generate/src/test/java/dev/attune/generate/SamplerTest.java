package dev.attune.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;

class SamplerTest {
    private static final float[] LOGITS = logits(0.35, 0.05, 0.3, 0.2, 0.1);

    private static float[] logits(double... probabilities) {
        float[] logits = new float[probabilities.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) Math.log(probabilities[i]);
        }
        return logits;
    }

    private static int[] counts(SamplingConfig config, int draws) {
        Sampler sampler = new Sampler(config, List.of());
        int[] counts = new int[LOGITS.length];
        for (int i = 0; i < draws; i++) {
            counts[sampler.next(LOGITS)]++;
        }
        return counts;
    }

    /// Pearson's statistic; 18.5 is passed once in a thousand fair runs with four degrees of
    /// freedom, and fewer degrees make it rarer.
    private static void assertFollows(int[] counts, double... expected) {
        int draws = Arrays.stream(counts).sum();
        double statistic = 0;
        for (int i = 0; i < counts.length; i++) {
            if (expected[i] == 0) {
                assertThat(counts[i]).isZero();
            } else {
                double mean = draws * expected[i];
                statistic += (counts[i] - mean) * (counts[i] - mean) / mean;
            }
        }
        assertThat(statistic).isLessThan(18.5);
    }

    @Test
    void drawsFollowTheProbabilities() {
        int[] counts = counts(SamplingConfig.builder().sampling(1, 3).build(), 20_000);
        assertFollows(counts, 0.35, 0.05, 0.3, 0.2, 0.1);
    }

    @Test
    void drawsFollowTheProbabilitiesThatTemperatureLeaves() {
        int[] counts = counts(SamplingConfig.builder().sampling(0.5, 4).build(), 20_000);
        // Squares, divided by their sum 0.265.
        assertFollows(counts, 0.4623, 0.0094, 0.3396, 0.1509, 0.0377);
    }

    @Test
    void drawsFollowTheProbabilitiesThatTheFiltersLeave() {
        SamplingConfig config =
                SamplingConfig.builder().sampling(1, 5).topK(4).topP(0.8).minP(0.6).build();
        // Top-k leaves 0.35, 0.3, 0.2, 0.1; top-p the first three; min-p the first two.
        assertFollows(counts(config, 20_000), 7 / 13.0, 0, 6 / 13.0, 0, 0);
    }

    @Test
    void theSameSeedGivesTheSameTokens() {
        SamplingConfig config = SamplingConfig.builder().sampling(1, 6).build();
        Sampler first = new Sampler(config, List.of());
        Sampler second = new Sampler(config, List.of());
        Sampler other = new Sampler(config.toBuilder().sampling(1, 7).build(), List.of());
        int different = 0;
        for (int i = 0; i < 100; i++) {
            int id = first.next(LOGITS);
            assertThat(second.next(LOGITS)).isEqualTo(id);
            different += other.next(LOGITS) == id ? 0 : 1;
        }
        assertThat(different).isGreaterThan(30);
    }

    @Test
    void thePenaltyFallsOnPromptAndGeneratedTokensOnce() {
        SamplingConfig config = SamplingConfig.builder().repetitionPenalty(1.5).build();
        Sampler sampler = new Sampler(config, List.of(0, 0, 0));
        float[] logits = {3, 2.5f, 1.9f, -1};
        // 3 counts as 2: the next two come first. 2.5 then counts as 1.67, 1.9 as 1.27.
        assertThat(sampler.next(logits)).isEqualTo(1);
        assertThat(sampler.next(logits)).isZero();
        assertThat(sampler.next(new float[] {1, 1, 1.1f, -1})).isEqualTo(2);
        assertThat(sampler.next(logits)).isZero();
    }

    @Test
    void greedyTakesTheLikeliestWhateverTheFiltersSay() {
        SamplingConfig config = SamplingConfig.builder().sampling(0, 1).topP(0.01).build();
        assertThat(new Sampler(config, List.of()).next(LOGITS)).isZero();
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void refusesLogitsThatAreNoNumbers(float bad) {
        for (double temperature : new double[] {0, 1}) {
            Sampler sampler =
                    new Sampler(
                            SamplingConfig.builder().sampling(temperature, 1).build(), List.of());
            assertThatThrownBy(() -> sampler.next(new float[] {1, bad, 2}))
                    .isInstanceOf(AttuneException.class)
                    .hasMessageStartingWith(
                            "The model's logits are no finite numbers: found " + bad + ".")
                    .hasMessageContaining("may have diverged in training");
        }
    }

    @Test
    void refusesLogitsThatForbidEveryToken() {
        float none = Float.NEGATIVE_INFINITY;
        Sampler sampler = new Sampler(SamplingConfig.DEFAULT, List.of());
        assertThatThrownBy(() -> sampler.next(new float[] {none, none}))
                .hasMessageStartingWith(
                        "The model's logits are no finite numbers: found -Infinity.");
    }
}
