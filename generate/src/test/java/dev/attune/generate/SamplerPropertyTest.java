package dev.attune.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// The sampler on logits of every sort, and each filter against its definition.
class SamplerPropertyTest {
    private static final float NONE = Float.NEGATIVE_INFINITY;

    @Provide
    Arbitrary<float[]> logits() {
        Arbitrary<Float> one =
                Arbitraries.frequencyOf(
                        Tuple.of(8, Arbitraries.floats().between(-30, 30)),
                        Tuple.of(4, Arbitraries.integers().between(-3, 3).map(i -> (float) i)),
                        Tuple.of(
                                2,
                                Arbitraries.of(NONE, Float.MAX_VALUE, -Float.MAX_VALUE, 0f, -0f)));
        return one.array(float[].class).ofMinSize(1).ofMaxSize(60);
    }

    @Provide
    Arbitrary<SamplingConfig> configs() {
        return Combinators.combine(
                        Arbitraries.doubles().between(0.01, 100).ofScale(3),
                        Arbitraries.doubles().between(0, 5).ofScale(3),
                        Arbitraries.integers().between(0, 70),
                        Arbitraries.doubles().between(0, 1).ofScale(3),
                        Arbitraries.doubles().between(0, 1).ofScale(3),
                        Arbitraries.longs())
                .as((penalty, temperature, k, p, minP, seed) ->
                        SamplingConfig.builder()
                                .sampling(temperature, seed)
                                .repetitionPenalty(penalty)
                                .topK(k)
                                .topP(p)
                                .minP(minP)
                                .build());
    }

    @Property
    void neverChoosesWhatIsImpossibleOrOutsideTheVocabulary(
            @ForAll("logits") float[] logits, @ForAll("configs") SamplingConfig config) {
        Sampler sampler = new Sampler(config, List.of(0));
        if (!isPossible(logits)) {
            assertThatThrownBy(() -> sampler.next(logits)).isInstanceOf(AttuneException.class);
            return;
        }
        for (int i = 0; i < 5; i++) {
            int id = sampler.next(logits);
            assertThat(id).isBetween(0, logits.length - 1);
            assertThat(logits[id]).isGreaterThan(NONE);
        }
    }

    @Property
    void neverTakesNanForANumber(
            @ForAll("logits") float[] logits,
            @ForAll("configs") SamplingConfig config,
            @ForAll int place) {
        logits[Math.floorMod(place, logits.length)] = Float.NaN;
        assertThatThrownBy(() -> new Sampler(config, List.of()).next(logits))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("found NaN");
    }

    @Property
    void choosesOnlyWhatTheFiltersKeep(
            @ForAll("logits") float[] logits, @ForAll("configs") SamplingConfig config) {
        if (config.isGreedy() || !isPossible(logits)) {
            return;
        }
        int[] kept =
                new Candidates(logits)
                        .temperature(config.temperature())
                        .topK(config.topK())
                        .topP(config.topP())
                        .minP(config.minP())
                        .ids();
        SamplingConfig noPenalty = config.toBuilder().repetitionPenalty(1).build();
        assertThat(kept).isNotEmpty().contains(new Sampler(noPenalty, List.of()).next(logits));
    }

    @Property
    void topKKeepsWhatIsAtLeastTheKthBest(
            @ForAll("logits") float[] logits, @ForAll @IntRange(min = 1, max = 70) int k) {
        if (!isPossible(logits)) {
            return;
        }
        double[] best = sorted(logits);
        double last = best[Math.max(0, best.length - k)];
        assertThat(new Candidates(logits).topK(k).ids())
                .containsExactly(ids(logits, i -> logits[i] > NONE && logits[i] >= last));
    }

    @Property
    void minPKeepsAShareOfTheLikeliest(
            @ForAll("logits") float[] logits, @ForAll @DoubleRange(max = 1) double p) {
        if (!isPossible(logits)) {
            return;
        }
        double[] best = sorted(logits);
        double greatest = best[best.length - 1];
        assertThat(new Candidates(logits).minP(p).ids())
                .containsExactly(
                        ids(logits, i -> logits[i] > NONE && Math.exp(logits[i] - greatest) >= p));
    }

    /// The fewest strongest tokens whose sum reaches p, up to the rounding of sums.
    @Property
    void topPKeepsTheFewestThatReachIt(
            @ForAll("logits") float[] logits, @ForAll @DoubleRange(max = 1) double p) {
        if (!isPossible(logits)) {
            return;
        }
        int[] order = new Candidates(logits).bestFirst();
        int[] kept = new Candidates(logits).topP(p).bestFirst();
        assertThat(kept).isEqualTo(Arrays.copyOf(order, kept.length)).isNotEmpty();
        double total = weight(logits, order, order.length);
        double slack = 1e-9 * total;
        assertThat(weight(logits, order, kept.length)).isGreaterThanOrEqualTo(p * total - slack);
        if (p < 1 && kept.length > 1) {
            assertThat(weight(logits, order, kept.length - 1)).isLessThan(p * total + slack);
        }
    }

    private static double weight(float[] logits, int[] order, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.exp((double) logits[order[i]] - logits[order[0]]);
        }
        return sum;
    }

    private static boolean isPossible(float[] logits) {
        return ids(logits, i -> logits[i] > NONE).length > 0;
    }

    private static double[] sorted(float[] logits) {
        return IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).sorted().toArray();
    }

    private static int[] ids(float[] logits, IntPredicate kept) {
        return IntStream.range(0, logits.length).filter(kept).toArray();
    }
}
