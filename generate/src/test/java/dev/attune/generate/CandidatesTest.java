package dev.attune.generate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.BitSet;

/// Each filter on vectors small enough to compute by hand.
class CandidatesTest {
    private static final float NONE = Float.NEGATIVE_INFINITY;

    /// Logits of these probabilities.
    private static Candidates of(double... probabilities) {
        float[] logits = new float[probabilities.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) Math.log(probabilities[i]);
        }
        return new Candidates(logits);
    }

    @Test
    void leavesOutWhatIsImpossible() {
        assertThat(new Candidates(new float[] {NONE, 1, NONE, 0}).ids()).containsExactly(1, 3);
    }

    @Test
    void topKKeepsTheBest() {
        Candidates five = new Candidates(new float[] {1, 5, 3, 4, 2});
        assertThat(five.topK(0).ids()).hasSize(5);
        assertThat(five.topK(9).ids()).hasSize(5);
        assertThat(five.topK(3).ids()).containsExactly(1, 2, 3);
        assertThat(five.topK(1).ids()).containsExactly(1);
    }

    @Test
    void topKKeepsAllThatEqualTheLast() {
        assertThat(new Candidates(new float[] {2, 3, 2, 1, 2}).topK(2).ids())
                .containsExactly(0, 1, 2, 4);
    }

    @Test
    void topPKeepsTheLikeliestUntilTheirSumPassesIt() {
        // Ascending sums are 0.05, 0.15, 0.3, 0.6, 1: removed is what is at most 1 - p.
        double[] p = {0.3, 0.05, 0.4, 0.1, 0.15};
        assertThat(of(p).topP(1).ids()).hasSize(5);
        assertThat(of(p).topP(0.96).ids()).containsExactly(0, 1, 2, 3, 4);
        assertThat(of(p).topP(0.94).ids()).containsExactly(0, 2, 3, 4);
        assertThat(of(p).topP(0.71).ids()).containsExactly(0, 2, 4);
        assertThat(of(p).topP(0.69).ids()).containsExactly(0, 2);
        assertThat(of(p).topP(0.39).ids()).containsExactly(2);
        assertThat(of(p).topP(0).ids()).containsExactly(2);
    }

    @Test
    void topPRemovesAtItsVeryBoundary() {
        // Equal scores have exact sums: with p = 0.5 the weaker two of four sum to 1 - p.
        assertThat(new Candidates(new float[] {7, 7, 7, 7}).topP(0.5).ids()).containsExactly(0, 1);
        assertThat(new Candidates(new float[] {7, 7, 7, 7}).topP(0.51).ids())
                .containsExactly(0, 1, 2);
    }

    @Test
    void topPJudgesByWhatTopKLeft() {
        // Of 0.4, 0.3, 0.2, 0.1 the first two are 4/7 and 3/7.
        assertThat(of(0.4, 0.3, 0.2, 0.1).topK(2).topP(0.56).ids()).containsExactly(0);
        assertThat(of(0.4, 0.3, 0.2, 0.1).topK(2).topP(0.58).ids()).containsExactly(0, 1);
        assertThat(of(0.4, 0.3, 0.2, 0.1).topP(0.58).ids()).containsExactly(0, 1);
    }

    @Test
    void minPKeepsAShareOfTheLikeliest() {
        double[] p = {0.5, 0.26, 0.14, 0.1};
        assertThat(of(p).minP(0).ids()).hasSize(4);
        assertThat(of(p).minP(0.19).ids()).hasSize(4);
        assertThat(of(p).minP(0.21).ids()).containsExactly(0, 1, 2);
        assertThat(of(p).minP(0.51).ids()).containsExactly(0, 1);
        assertThat(of(p).minP(1).ids()).containsExactly(0);
    }

    @Test
    void temperatureComesBeforeTheFilters() {
        // At temperature 0.5 the probabilities 0.6, 0.4 become 0.36 : 0.16, that is 0.69, 0.31.
        assertThat(of(0.6, 0.4).topP(0.65).ids()).containsExactly(0, 1);
        assertThat(of(0.6, 0.4).temperature(0.5).topP(0.65).ids()).containsExactly(0);
    }

    @Test
    void aVanishingTemperatureLeavesTheLikeliest() {
        Candidates cold = new Candidates(new float[] {1, 80, 79}).temperature(Double.MIN_VALUE);
        assertThat(cold.draw(0)).isEqualTo(1);
        assertThat(cold.draw(Math.nextDown(1.0))).isEqualTo(1);
    }

    @Test
    void thePenaltyDividesPositiveAndMultipliesNegativeLogits() {
        BitSet occurred = new BitSet();
        occurred.set(0);
        occurred.set(3);
        float[] logits = {3, 2, -1.2f, -1};
        // 3 becomes 1.5 and -1 becomes -2.
        assertThat(new Candidates(logits).repetitionPenalty(2, occurred).bestFirst())
                .containsExactly(1, 0, 2, 3);
        assertThat(new Candidates(logits).repetitionPenalty(1, occurred).bestFirst())
                .containsExactly(0, 1, 3, 2);
    }

    @Test
    void drawsWhereTheSumInTheOrderOfIdsPassesTheNumber() {
        double[] p = {0.25, 0.5, 0.25};
        assertThat(of(p).draw(0)).isZero();
        assertThat(of(p).draw(0.24)).isZero();
        assertThat(of(p).draw(0.26)).isEqualTo(1);
        assertThat(of(p).draw(0.74)).isEqualTo(1);
        assertThat(of(p).draw(0.76)).isEqualTo(2);
        assertThat(of(p).draw(Math.nextDown(1.0))).isEqualTo(2);
    }

    @Test
    void theLikeliestIsTheFirstOfEquals() {
        assertThat(new Candidates(new float[] {-3, 4, 4, 0}).likeliest()).isEqualTo(1);
        assertThat(new Candidates(new float[] {-0f, 0f, -1}).bestFirst()).containsExactly(0, 1, 2);
    }
}
