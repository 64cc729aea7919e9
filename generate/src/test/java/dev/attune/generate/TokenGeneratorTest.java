package dev.attune.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.attune.base.AttuneException;
import dev.attune.generate.GeneratedToken.Likely;
import dev.attune.generate.GenerationResult.Finish;
import dev.attune.model.Decoder;
import dev.attune.testkit.LeakCheck;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class TokenGeneratorTest {
    /// Set unless the reference data is absent, in which case no test runs.
    private @Nullable Decoder loaded;

    @BeforeAll
    void load() {
        loaded = Models.reference("llama");
    }

    @AfterAll
    void close() {
        if (loaded != null) {
            loaded.close();
        }
    }

    private Decoder decoder() {
        return Objects.requireNonNull(loaded);
    }

    private static GenerationRequest greedy(int promptTokens, int maxNewTokens) {
        return GenerationRequest.of(
                Models.ids(promptTokens, promptTokens), SamplingConfig.greedy(maxNewTokens));
    }

    private static GenerationRequest drawn(int promptTokens, long seed) {
        SamplingConfig config =
                SamplingConfig.builder()
                        .sampling(1.2, seed)
                        .topK(40)
                        .topP(0.95)
                        .minP(0.01)
                        .repetitionPenalty(1.1)
                        .maxNewTokens(20)
                        .build();
        return GenerationRequest.of(Models.ids(promptTokens, promptTokens), config);
    }

    private List<List<Integer>> ids(TokenGenerator generator, List<GenerationRequest> requests) {
        return generator.generate(requests).stream().map(GenerationResult::ids).toList();
    }

    private GenerationResult one(GenerationRequest request) {
        return TokenGenerator.of(decoder()).generate(List.of(request)).getFirst();
    }

    @Test
    void textsThatEndAtDifferentTimesGoOnAsIfAlone() {
        List<GenerationRequest> requests =
                List.of(greedy(5, 3), greedy(5, 30), greedy(9, 1), greedy(2, 12), greedy(5, 11));
        List<List<Integer>> alone = requests.stream().map(r -> one(r).ids()).toList();
        assertThat(ids(TokenGenerator.of(decoder()), requests)).isEqualTo(alone);
        assertThat(alone.stream().map(List::size)).containsExactly(3, 30, 1, 12, 11);
    }

    @Test
    void waitingTextsTakeTheSlotsOfFinishedOnes() {
        List<GenerationRequest> requests =
                IntStream.range(0, 9)
                        .mapToObj(i -> greedy(1 + i * 5 % 11, 1 + i * 7 % 13))
                        .toList();
        List<List<Integer>> alone = requests.stream().map(r -> one(r).ids()).toList();
        for (int slots : new int[] {1, 2, 4}) {
            assertThat(ids(TokenGenerator.of(decoder(), slots), requests)).isEqualTo(alone);
        }
    }

    @Test
    void aSeedGivesTheSameTokensWhateverTheCompany() {
        List<GenerationRequest> requests =
                List.of(drawn(4, 1), drawn(9, 2), drawn(4, 3), greedy(6, 20), drawn(4, 1));
        List<List<Integer>> found = ids(TokenGenerator.of(decoder()), requests);
        assertThat(ids(TokenGenerator.of(decoder()), requests)).isEqualTo(found);
        assertThat(ids(TokenGenerator.of(decoder()), requests.reversed()))
                .isEqualTo(found.reversed());
        assertThat(ids(TokenGenerator.of(decoder(), 2), requests)).isEqualTo(found);
        assertThat(one(requests.get(1)).ids()).isEqualTo(found.get(1));
        assertThat(found.get(4)).isEqualTo(found.get(0)).isNotEqualTo(found.get(2));
    }

    @Test
    void stopsBehindAnEosToken() {
        GenerationRequest endless = greedy(8, 20);
        List<Integer> ids = one(endless).ids();
        int eos = ids.get(6);
        int first = ids.indexOf(eos);
        SamplingConfig stopping =
                endless.sampling().toBuilder().eosTokenIds(Set.of(eos, 255)).build();
        GenerationResult result = one(new GenerationRequest(endless.promptIds(), stopping));
        assertThat(result.finish()).isEqualTo(new Finish.Stop(eos));
        assertThat(result.ids()).isEqualTo(ids.subList(0, first + 1));
        assertThat(result.answerIds()).isEqualTo(ids.subList(0, first));
    }

    @Test
    void anEosTokenAtTheVeryEndIsAStop() {
        GenerationRequest endless = greedy(8, 1);
        int only = one(endless).ids().getFirst();
        SamplingConfig stopping = endless.sampling().toBuilder().eosTokenIds(Set.of(only)).build();
        assertThat(one(new GenerationRequest(endless.promptIds(), stopping)).finish())
                .isEqualTo(new Finish.Stop(only));
    }

    @Test
    void theListenerHearsEveryTokenAndCanEndOneText() {
        List<GenerationRequest> requests = List.of(greedy(5, 10), greedy(7, 10));
        List<List<Integer>> heard = List.of(new ArrayList<>(), new ArrayList<>());
        List<GenerationResult> results =
                TokenGenerator.of(decoder())
                        .generate(
                                requests,
                                (request, token) -> {
                                    heard.get(request).add(token.id());
                                    return request == 1 || heard.get(0).size() < 4;
                                });
        assertThat(results.get(0).finish()).isEqualTo(new Finish.Cancelled());
        assertThat(results.get(1).finish()).isEqualTo(new Finish.Length());
        assertThat(results.get(0).ids()).isEqualTo(one(requests.get(0)).ids().subList(0, 4));
        assertThat(results.get(1).ids()).isEqualTo(one(requests.get(1)).ids());
        assertThat(heard).containsExactly(results.get(0).ids(), results.get(1).ids());
    }

    @Test
    void aListenerThatThrowsEndsTheCallAndHarmsNothing() {
        GenerationRequest request = greedy(5, 10);
        assertThatThrownBy(() ->
                        TokenGenerator.of(decoder())
                                .generate(
                                        List.of(request),
                                        (_, _) -> {
                                            throw new IllegalStateException("enough");
                                        }))
                .hasMessage("enough");
        assertThat(one(request).ids()).hasSize(10);
    }

    @Test
    void logProbabilitiesAreTheModelsOwnWhateverTheSampling() {
        SamplingConfig hot =
                SamplingConfig.builder()
                        .sampling(3, 11)
                        .repetitionPenalty(2)
                        .maxNewTokens(12)
                        .logprobs(5)
                        .build();
        int[] prompt = Models.ids(6, 1);
        GenerationResult result = one(GenerationRequest.of(prompt, hot));
        List<Integer> text =
                IntStream.concat(IntStream.of(prompt), result.ids().stream().mapToInt(i -> i))
                        .boxed()
                        .toList();
        float[] scores = TokenGenerator.of(decoder()).score(text);
        double sum = 0;
        for (int i = 0; i < result.tokens().size(); i++) {
            GeneratedToken token = result.tokens().get(i);
            assertThat(token.logProb()).isCloseTo(scores[prompt.length - 1 + i], within(1e-4));
            assertThat(token.top()).hasSize(5);
            assertThat(token.top().stream().map(Likely::logProb))
                    .isSortedAccordingTo((a, b) -> Double.compare(b, a));
            sum += token.logProb();
        }
        assertThat(result.logProb()).isEqualTo(sum);
    }

    @Test
    void aGreedyTokenIsTheFirstOfTheLikeliest() {
        SamplingConfig config = SamplingConfig.builder().maxNewTokens(8).logprobs(1).build();
        GenerationRequest request = GenerationRequest.of(Models.ids(6, 2), config);
        for (GeneratedToken token : one(request).tokens()) {
            assertThat(token.top()).containsExactly(new Likely(token.id(), token.logProb()));
        }
    }

    @Test
    void askingForMoreLikelyTokensThanThereAreGivesAll() {
        SamplingConfig config = SamplingConfig.builder().maxNewTokens(1).logprobs(999).build();
        List<Likely> all =
                one(GenerationRequest.of(Models.ids(6, 2), config)).tokens().getFirst().top();
        assertThat(all).hasSize(256);
        assertThat(all.stream().mapToDouble(t -> Math.exp(t.logProb())).sum())
                .isCloseTo(1, within(1e-5));
    }

    @Test
    void noRequestGivesNoResult() {
        assertThat(TokenGenerator.of(decoder()).generate(List.of())).isEmpty();
    }

    @Test
    void tellsAllImpossibleRequestsBeforeItBegins() {
        SamplingConfig config = SamplingConfig.greedy(4);
        List<GenerationRequest> requests =
                List.of(
                        greedy(3, 4),
                        GenerationRequest.of(new int[0], config),
                        GenerationRequest.of(new int[] {1, 256, 300}, config),
                        GenerationRequest.of(new int[] {-1}, config));
        List<Integer> heard = new ArrayList<>();
        assertThatThrownBy(() ->
                        TokenGenerator.of(decoder())
                                .generate(requests, (request, _) -> heard.add(request)))
                .isInstanceOf(AttuneException.class)
                .hasMessage(
                        """
                        Cannot generate: 3 problems.
                        - The prompt of request 1 is empty.
                            fix  Begin with at least one token, such as bos_token_id.
                        - The prompt of request 2 holds the id 256 at 1; the vocabulary has 0 to 255.
                            fix  Use the tokenizer that belongs to the model.
                        - The prompt of request 3 holds the id -1 at 0; the vocabulary has 0 to 255.
                            fix  Use the tokenizer that belongs to the model.\
                        """);
        assertThat(heard).isEmpty();
    }

    @Test
    void learnedPositionsEnd() {
        try (Decoder gpt2 = Models.reference("gpt2")) {
            TokenGenerator generator = TokenGenerator.of(gpt2);
            // The last token is not read, so 50 + 15 tokens need 64 positions.
            assertThat(generator.generate(List.of(greedy(50, 15))).getFirst().ids()).hasSize(15);
            assertThatThrownBy(() -> generator.generate(List.of(greedy(50, 16))))
                    .isInstanceOf(AttuneException.class)
                    .hasMessage(
                            """
                            The prompt of request 0 has 50 tokens and max_new_tokens is 16; the model learned 64 positions (max_position_embeddings).
                              fix  Shorten the prompt or ask for fewer new tokens.\
                            """);
        }
    }

    @Test
    void turnedPositionsGoOnBeyondTheModelsOwnLength() {
        assertThat(one(greedy(120, 20)).ids())
                .isEqualTo(Models.uncached(decoder(), Models.ids(120, 120), 20));
    }

    @Test
    void aTextThatCrossesTheOriginalLengthOfLongropeIsReadAgain() {
        try (Decoder longrope = Models.reference("phi3-longrope")) {
            int[] prompt = Models.ids(9, 5);
            assertThat(
                            TokenGenerator.of(longrope)
                                    .generate(
                                            List.of(
                                                    GenerationRequest.of(
                                                            prompt, SamplingConfig.greedy(20)),
                                                    greedy(3, 20)))
                                    .getFirst()
                                    .ids())
                    .isEqualTo(Models.uncached(longrope, prompt, 20));
        }
    }

    @Test
    void scoresAreOneFewerThanTheIds() {
        TokenGenerator generator = TokenGenerator.of(decoder());
        assertThat(generator.score(List.of(5))).isEmpty();
        assertThat(generator.score(List.of(5, 6, 7))).hasSize(2);
        assertThatThrownBy(() -> generator.score(List.of()))
                .hasMessageStartingWith("The text is empty.");
        assertThatThrownBy(() -> generator.score(List.of(5, 999)))
                .hasMessageStartingWith(
                        "The text holds the id 999 at 1; the vocabulary has 0 to 255.");
    }
}
