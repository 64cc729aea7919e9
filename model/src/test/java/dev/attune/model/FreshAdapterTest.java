package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.base.AttuneException;
import dev.attune.model.LoraConfig.Scaling;
import dev.attune.model.LoraConfig.Targets;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Parameter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Adapters as they are before the first step.
class FreshAdapterTest {
    private static final int[] TEXT = {3, 1, 4, 1, 5, 9, 2, 6};
    private static final Scaling PLAIN = new Scaling(false, false);

    @TempDir private Path model = Path.of("");

    @Test
    void aFreshLoraChangesNoBitOfTheLogits() {
        withDecoder(decoder -> {
            float[] before = PaddedRows.text(TEXT).logits(decoder);
            try (Adapter adapter = fresh(LoraConfig.of(2, 4, Targets.allLinear()), decoder)) {
                adapter.attach();
                assertThat(PaddedRows.text(TEXT).logits(decoder)).isEqualTo(before);
            }
        });
    }

    /// DoRA divides each row by its length and multiplies by it again.
    @Test
    void aFreshDoraChangesTheLogitsByRoundingOnly() {
        LoraConfig dora =
                config(new Scaling(false, true), Targets.allLinear(), Map.of(), Map.of(), "none");
        withDecoder(decoder -> {
            float[] before = PaddedRows.text(TEXT).logits(decoder);
            try (Adapter adapter = fresh(dora, decoder)) {
                adapter.attach();
                Reference.assertClose(
                        "logits", PaddedRows.text(TEXT).logits(decoder), before, 1e-5);
                assertThat(names(adapter)).contains(TinyAdapter.QUERY + "lora_magnitude_vector");
            }
        });
    }

    @Test
    void allLinearIsEveryLayerBelowTheHead() {
        withDecoder(decoder -> {
            try (Adapter adapter = fresh(LoraConfig.of(2, 4, Targets.allLinear()), decoder)) {
                assertThat(names(adapter))
                        .hasSize(2 * 2 * 7)
                        .noneMatch(n -> n.contains("lm_head") || n.contains("embed"));
            }
        });
    }

    @Test
    void layersAndExceptionsNarrowTheTargets() {
        Targets narrow =
                new Targets(
                        List.of("q_proj", "v_proj"),
                        Optional.empty(),
                        List.of(1),
                        List.of("v_proj"),
                        Optional.empty());
        assertTargets(narrow, "model.layers.1.self_attn.q_proj");
        Targets byExpression =
                new Targets(
                        List.of(),
                        Optional.of("model\\.layers\\.\\d\\.self_attn\\.(q|v)_proj"),
                        List.of(),
                        List.of(),
                        Optional.of(".*\\.1\\..*|.*v_proj"));
        assertTargets(byExpression, "model.layers.0.self_attn.q_proj");
        assertTargets(Targets.of("lm_head"), "lm_head");
    }

    private void assertTargets(Targets targets, String path) {
        withDecoder(decoder -> {
            try (Adapter adapter = fresh(LoraConfig.of(2, 4, targets), decoder)) {
                String name = "base_model.model." + path;
                assertThat(names(adapter))
                        .containsExactly(name + ".lora_A.weight", name + ".lora_B.weight");
            }
        });
    }

    @Test
    void ranksAndStrengthsGoByTheFirstPatternThatMatches() {
        Map<String, Integer> ranks = new LinkedHashMap<>();
        ranks.put("model.layers.0.self_attn.q_proj", 3);
        ranks.put("q_proj", 5);
        ranks.put("layers.*v_proj", 1);
        LoraConfig lora =
                config(PLAIN, Targets.of("q_proj", "v_proj"), ranks, Map.of("v_proj", 7.0), "none");
        assertThat(lora.rank("model.layers.0.self_attn.q_proj")).isEqualTo(3);
        assertThat(lora.rank("model.layers.1.self_attn.q_proj")).isEqualTo(5);
        assertThat(lora.scale("model.layers.1.self_attn.v_proj")).isEqualTo(7);
        assertThat(lora.scale("model.layers.1.self_attn.k_proj")).isEqualTo(2);
        withDecoder(decoder -> {
            try (Adapter adapter = fresh(lora, decoder)) {
                long[] shape = adapter.parameters().getFirst().data().shape();
                assertThat(shape).containsExactly(3, 8);
            }
        });
    }

    @Test
    void rsLoraDividesByTheRootOfTheRank() {
        LoraConfig lora =
                config(new Scaling(true, false), Targets.of("q_proj"), Map.of(), Map.of(), "none");
        assertThat(lora.scale("q_proj")).isEqualTo(4 / Math.sqrt(2));
    }

    @Test
    void aModuleToSaveTrainsWholeAndGetsNoFactors() {
        LoraConfig lora =
                new LoraConfig(
                        2,
                        4,
                        PLAIN,
                        Targets.of("q_proj", "lm_head"),
                        Map.of(),
                        Map.of(),
                        List.of("lm_head", "embed_tokens"),
                        "none");
        withDecoder(decoder -> {
            float[] before = PaddedRows.text(TEXT).logits(decoder);
            try (Adapter adapter = fresh(lora, decoder)) {
                adapter.attach();
                assertThat(names(adapter))
                        .contains(
                                "base_model.model.lm_head.weight",
                                "base_model.model.model.embed_tokens.weight")
                        .noneMatch(n -> n.contains("lm_head.lora"));
                assertThat(decoder.lmHead().weight().name())
                        .isEqualTo("base_model.model.lm_head.weight");
                assertThat(PaddedRows.text(TEXT).logits(decoder)).isEqualTo(before);
            }
            assertThat(decoder.lmHead().weight().name()).isEqualTo("lm_head.weight");
        });
    }

    @Test
    void trainingFreezesAllElse() {
        withDecoder(decoder -> {
            decoder.parameters().forEach(p -> p.train(true));
            try (Adapter adapter = fresh(LoraConfig.of(2, 4, Targets.of("q_proj")), decoder)) {
                adapter.attach();
                List<Parameter> training = adapter.train();
                assertThat(training).isEqualTo(adapter.parameters());
                assertThat(decoder.parameters().stream().filter(Parameter::trainable))
                        .containsExactlyInAnyOrderElementsOf(training);
            }
        });
    }

    @Test
    void biasesTrainAsTheAdapterAsks(@TempDir Path gpt2) {
        Path folder = TinyCheckpoint.gpt2().write(gpt2);
        for (String bias : List.of("none", "lora_only", "all")) {
            LoraConfig lora = config(PLAIN, Targets.of("c_fc"), Map.of(), Map.of(), bias);
            try (Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU);
                    Adapter adapter = fresh(lora, decoder)) {
                adapter.attach();
                long biases =
                        adapter.train().stream().filter(p -> p.name().endsWith(".bias")).count();
                // In all: four linear layers and two norms in each of two layers, and the last
                // norm.
                long expected = bias.equals("all") ? 13 : bias.equals("lora_only") ? 2 : 0;
                assertThat(biases).as(bias).isEqualTo(expected);
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameAdapterWithinTheUsualBounds() {
        withDecoder(decoder -> {
            LoraConfig lora = LoraConfig.of(2, 4, Targets.of("down_proj"));
            try (Adapter one = fresh(lora, decoder);
                    Adapter two = fresh(lora, decoder)) {
                float[] a = one.parameters().getFirst().data().floats();
                assertThat(a).isEqualTo(two.parameters().getFirst().data().floats());
                float bound = (float) (1 / Math.sqrt(12));
                assertThat(a).doesNotContain(0f);
                for (float x : a) {
                    assertThat(x).isBetween(-bound, bound);
                }
                float[] b = one.parameters().get(1).data().floats();
                assertThat(Arrays.equals(b, new float[b.length])).isTrue();
            }
        });
    }

    @Test
    void aTargetThatMatchesNothingIsShownWithTheNearest() {
        assertError(
                LoraConfig.of(2, 4, Targets.of("q_porj")),
                "target_modules q_porj matches no layer (nearest: q_proj).",
                "This model has down_proj, embed_tokens, gate_proj, k_proj, lm_head, o_proj,"
                        + " q_proj, up_proj, v_proj.");
        assertError(
                new LoraConfig(
                        2,
                        4,
                        PLAIN,
                        Targets.of("q_proj"),
                        Map.of(),
                        Map.of(),
                        List.of("lm_haed"),
                        "none"),
                "modules_to_save lm_haed matches no layer (nearest: lm_head).",
                "This model has");
    }

    @Test
    void aPatternOrAChoiceOfLayersThatMatchesNothing() {
        Targets pattern =
                new Targets(
                        List.of(), Optional.of("q_proj"), List.of(), List.of(), Optional.empty());
        assertError(
                LoraConfig.of(2, 4, pattern),
                "target_modules q_proj matches no layer.",
                "A pattern must match a whole path, such as model.layers.1.self_attn.v_proj.");
        Targets layer =
                new Targets(
                        List.of("q_proj"),
                        Optional.empty(),
                        List.of(2),
                        List.of(),
                        Optional.empty());
        assertError(
                LoraConfig.of(2, 4, layer),
                "The adapter changes no layer.",
                "target_modules, layers_to_transform and exclude_modules leave none of 2.");
    }

    @Test
    void doraOnTheHeadOrTheEmbeddingIsNotComputed() {
        LoraConfig dora =
                config(new Scaling(false, true), Targets.of("lm_head"), Map.of(), Map.of(), "none");
        assertError(
                dora,
                "use_dora on lm_head is not computed.",
                "Leave it out of target_modules, or set use_dora to false.");
    }

    @Test
    void aRankOfZeroIsRefused() {
        AttuneException e =
                catchThrowableOfType(
                        AttuneException.class, () -> LoraConfig.of(0, 4, Targets.allLinear()));
        assertThat(e.what()).isEqualTo("r is 0, expected a rank above zero.");
    }

    private void assertError(LoraConfig lora, String what, String fix) {
        withDecoder(decoder -> {
            AttuneException e =
                    catchThrowableOfType(AttuneException.class, () -> fresh(lora, decoder).close());
            assertThat(e.what()).isEqualTo(what);
            assertThat(e.fix().orElse("")).startsWith(fix);
        });
    }

    private static LoraConfig config(
            Scaling scaling,
            Targets targets,
            Map<String, Integer> ranks,
            Map<String, Double> alphas,
            String bias) {
        return new LoraConfig(2, 4, scaling, targets, ranks, alphas, List.of(), bias);
    }

    private static List<String> names(Adapter adapter) {
        return adapter.parameters().stream().map(Parameter::name).toList();
    }

    private static Adapter fresh(LoraConfig lora, Decoder decoder) {
        try (Generator generator = Generator.seeded(11)) {
            return Adapter.fresh(lora, decoder, generator);
        }
    }

    private void withDecoder(Consumer<Decoder> body) {
        Path folder = TinyCheckpoint.llama().write(model);
        try (Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU)) {
            body.accept(decoder);
        }
    }
}
