package dev.attune.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.model.Decoder;
import dev.attune.model.DecoderConfig.Rotary;
import dev.attune.model.RopeConfig;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.ReferenceModels;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Greedy tokens against those of transformers, alone and in company, with the cache and without.
@ExtendWith(LeakCheck.class)
class ReferenceGenerationTest {
    static final List<String> FOLDERS = ReferenceModels.NAMES;

    @ParameterizedTest
    @FieldSource("FOLDERS")
    void greedyTokensEqualTheReference(String name) {
        int[] prompt = Models.expectedIds(name, "gen.prompt_ids");
        int[] want = Models.expectedIds(name, "gen.output_ids");
        try (Decoder decoder = Models.reference(name)) {
            GenerationResult found =
                    generate(decoder, request(prompt, want.length - prompt.length)).getFirst();
            assertThat(found.ids())
                    .isEqualTo(list(Arrays.copyOfRange(want, prompt.length, want.length)));
            assertThat(found.finish()).isEqualTo(new GenerationResult.Finish.Length());
        }
    }

    @ParameterizedTest
    @FieldSource("FOLDERS")
    void batchedAloneAndUncachedGiveTheSameTokens(String name) {
        try (Decoder decoder = Models.reference(name)) {
            List<int[]> prompts =
                    IntStream.of(1, 3, 7, 24, 7, 12).mapToObj(n -> Models.ids(n, n)).toList();
            List<GenerationRequest> requests = prompts.stream().map(p -> request(p, 16)).toList();
            List<GenerationResult> together =
                    generate(decoder, requests.toArray(GenerationRequest[]::new));
            for (int i = 0; i < requests.size(); i++) {
                GenerationResult alone = generate(decoder, requests.get(i)).getFirst();
                assertThat(together.get(i).ids()).isEqualTo(alone.ids());
                assertThat(alone.ids()).isEqualTo(Models.uncached(decoder, prompts.get(i), 16));
                assertSameLogProbs(together.get(i), alone);
                assertScored(decoder, prompts.get(i), alone);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stories260K-hf", "tinystories-656K"})
    void trainedModelsTellTheSameStories(String name) {
        Path folder = SharedData.path("models/" + name);
        JsonNode expected = JsonMapper.shared().readTree(folder.resolve("expected.json"));
        try (Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU)) {
            GenerationRequest[] requests =
                    expected.get("generation")
                            .valueStream()
                            .map(story -> request(ints(story.get("prompt_ids")), 64))
                            .toArray(GenerationRequest[]::new);
            List<GenerationResult> together = generate(decoder, requests);
            for (int i = 0; i < requests.length; i++) {
                List<Integer> want =
                        list(ints(expected.get("generation").get(i).get("greedy_ids")));
                assertThat(together.get(i).ids()).isEqualTo(want);
                assertThat(generate(decoder, requests[i]).getFirst().ids()).isEqualTo(want);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stories260K-hf", "tinystories-656K"})
    void scoresOfTextsEqualTheReference(String name) {
        Path folder = SharedData.path("models/" + name);
        JsonNode expected = JsonMapper.shared().readTree(folder.resolve("expected.json"));
        try (Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU)) {
            TokenGenerator generator = TokenGenerator.of(decoder);
            for (JsonNode text : expected.get("nll")) {
                float[] found = generator.score(list(ints(text.get("ids"))));
                JsonNode want = text.get("token_nll");
                assertThat(found).hasSize(want.size());
                for (int i = 0; i < found.length; i++) {
                    assertThat((double) -found[i]).isCloseTo(want.get(i).asDouble(), within(1e-4));
                }
            }
        }
    }

    private static void assertSameLogProbs(GenerationResult a, GenerationResult b) {
        for (int i = 0; i < a.tokens().size(); i++) {
            assertThat(a.tokens().get(i).logProb())
                    .isCloseTo(b.tokens().get(i).logProb(), within(1e-4));
        }
    }

    /// What a token was given while it was chosen is what the finished text scores.
    private static void assertScored(Decoder decoder, int[] prompt, GenerationResult result) {
        if (decoder.config().positions() instanceof Rotary(List<RopeConfig> ropes)
                && ropes.stream().anyMatch(RopeConfig::dependsOnLength)) {
            // The finished text is longer, and so are the angles of its tokens.
            return;
        }
        int[] text =
                IntStream.concat(Arrays.stream(prompt), result.ids().stream().mapToInt(i -> i))
                        .toArray();
        float[] scores = TokenGenerator.of(decoder).score(list(text));
        for (int i = 0; i < result.tokens().size(); i++) {
            assertThat((double) scores[prompt.length - 1 + i])
                    .isCloseTo(result.tokens().get(i).logProb(), within(1e-4));
        }
    }

    private static List<GenerationResult> generate(Decoder decoder, GenerationRequest... requests) {
        return TokenGenerator.of(decoder).generate(List.of(requests));
    }

    private static GenerationRequest request(int[] prompt, int count) {
        return GenerationRequest.of(prompt, SamplingConfig.greedy(count));
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    private static List<Integer> list(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }
}
