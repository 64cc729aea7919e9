package dev.attune.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;

import org.junit.jupiter.api.Test;

import java.util.Set;

class SamplingConfigTest {
    @Test
    void tellsEverythingOutOfRangeAtOnce() {
        assertThatThrownBy(() ->
                        SamplingConfig.builder()
                                .sampling(-1, 0)
                                .repetitionPenalty(0)
                                .topK(-2)
                                .topP(1.5)
                                .minP(Double.NaN)
                                .maxNewTokens(0)
                                .logprobs(-1)
                                .build())
                .isInstanceOf(AttuneException.class)
                .hasMessage(
                        """
                        Cannot sample: 7 problems.
                        - repetition_penalty is 0.0, expected between 0.01 and 100.
                        - temperature is -1.0, expected 0 or more.
                        - top_k is -2, expected 0 (all) or more.
                        - top_p is 1.5, expected between 0 and 1.
                        - min_p is NaN, expected between 0 and 1.
                        - max_new_tokens is 0, expected 1 or more.
                        - logprobs is -1, expected 0 or more.\
                        """);
    }

    @Test
    void refusesAnInfiniteTemperature() {
        assertThatThrownBy(() ->
                        SamplingConfig.builder().sampling(Double.POSITIVE_INFINITY, 0).build())
                .hasMessage("temperature is Infinity, expected 0 or more.");
    }

    @Test
    void isGreedyUnlessItDraws() {
        assertThat(SamplingConfig.greedy(3).isGreedy()).isTrue();
        assertThat(SamplingConfig.builder().sampling(0, 1).build().isGreedy()).isTrue();
        assertThat(SamplingConfig.builder().sampling(0.1, 1).build().isGreedy()).isFalse();
    }

    @Test
    void aCopyKeepsWhatIsNotSet() {
        SamplingConfig first =
                SamplingConfig.builder()
                        .sampling(0.5, 7)
                        .topK(5)
                        .topP(0.9)
                        .minP(0.1)
                        .repetitionPenalty(1.2)
                        .eosTokenIds(Set.of(2))
                        .logprobs(3)
                        .maxNewTokens(9)
                        .build();
        assertThat(first.toBuilder().build()).isEqualTo(first);
        assertThat(first.toBuilder().topK(6).build())
                .isEqualTo(new SamplingConfig(true, 1.2, 0.5, 6, 0.9, 0.1, 7, 9, Set.of(2), 3));
    }
}
