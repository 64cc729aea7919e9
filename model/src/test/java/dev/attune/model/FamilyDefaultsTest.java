package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.MixtureOfExperts;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Plain;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Rotary;
import dev.attune.model.DecoderConfig.Scales;
import dev.attune.tensor.ActivationKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Keys that a `config.json` leaves out take the family's default in transformers 4.57 and 5.17,
/// which agree on all that is asserted here. Sizes that weights depend on have none: those must
/// stand in the file, except in GPT-2's, which never left them out.
class FamilyDefaultsTest {
    private static final String SIZES =
            """
            {"vocab_size": 100, "hidden_size": 64, "intermediate_size": 96,
             "num_hidden_layers": 7, "num_attention_heads": 32}
            """;

    @TempDir private Path folder = Path.of("");

    @Test
    void defaultsOfLlamaAreThoseOfTransformers() throws IOException {
        DecoderConfig config = read("LlamaForCausalLM");
        assertHeads(config, 32, 2, QkNorm.NONE);
        assertRest(config, 2048, 10000, 1e-6, false);
        assertThat(config.biases()).isEqualTo(Biases.NONE);
        assertThat(config.layers().getFirst().window()).isZero();
        assertThat(config.layers().getFirst().feedForward())
                .isEqualTo(new Gated(96, ActivationKind.SILU, false));
    }

    @Test
    void defaultsOfMistralAreThoseOfTransformers() throws IOException {
        DecoderConfig config = read("MistralForCausalLM");
        assertHeads(config, 8, 2, QkNorm.NONE);
        assertRest(config, 131072, 10000, 1e-6, false);
        assertThat(windows(config)).containsOnly(4096);
        assertThat(windows(read("MistralForCausalLM", "sliding_window", "null"))).containsOnly(0);
    }

    @Test
    void defaultsOfQwen2AreThoseOfTransformers() throws IOException {
        DecoderConfig config = read("Qwen2ForCausalLM");
        assertHeads(config, 32, 2, QkNorm.NONE);
        assertRest(config, 32768, 10000, 1e-6, false);
        assertThat(config.biases()).isEqualTo(new Biases(true, false, false));
        assertThat(windows(config)).containsOnly(0);
    }

    @Test
    void defaultsOfQwen3AreThoseOfTransformers() throws IOException {
        DecoderConfig config = read("Qwen3ForCausalLM");
        assertHeads(config, 32, 128, QkNorm.RMS);
        assertRest(config, 32768, 10000, 1e-6, false);
        assertThat(config.biases()).isEqualTo(Biases.NONE);
    }

    @Test
    void aWindowOfQwenBeginsBehindMaxWindowLayers() throws IOException {
        for (String name : new String[] {"Qwen2ForCausalLM", "Qwen3ForCausalLM"}) {
            String on = TinyCheckpoint.keyed(SIZES, "use_sliding_window", "true");
            assertThat(windows(readText(name, on))).containsOnly(0);
            String early = TinyCheckpoint.keyed(on, "max_window_layers", "5");
            assertThat(windows(readText(name, early))).containsExactly(0, 0, 0, 0, 0, 4096, 4096);
        }
    }

    @Test
    void defaultsOfQwen3MoeAreThoseOfTransformers() throws IOException {
        DecoderConfig config = read("Qwen3MoeForCausalLM");
        assertHeads(config, 4, 2, QkNorm.RMS);
        assertRest(config, 32768, 10000, 1e-6, false);
        assertThat(config.layers().getFirst().feedForward())
                .isEqualTo(new MixtureOfExperts(768, ActivationKind.SILU, 128, 8, false));
    }

    @Test
    void layersOfQwen3MoeAreDenseAsTheFileSays() throws IOException {
        String sparse = TinyCheckpoint.keyed(SIZES, "decoder_sparse_step", "2");
        DecoderConfig config =
                readText(
                        "Qwen3MoeForCausalLM",
                        TinyCheckpoint.keyed(sparse, "mlp_only_layers", "[3]"));
        assertThat(config.layers())
                .extracting(l -> l.feedForward() instanceof MixtureOfExperts)
                .containsExactly(false, true, false, false, false, true, false);
    }

    @Test
    void defaultsOfMixtralAreThoseOfTransformers() throws IOException {
        DecoderConfig config = read("MixtralForCausalLM");
        assertHeads(config, 8, 2, QkNorm.NONE);
        assertRest(config, 131072, 1e6, 1e-5, false);
        assertThat(windows(config)).containsOnly(0);
        assertThat(config.layers().getFirst().feedForward())
                .isEqualTo(new MixtureOfExperts(96, ActivationKind.SILU, 8, 2, true));
    }

    @Test
    void defaultsOfGemmaAreThoseOfTransformers() throws IOException {
        DecoderConfig config = read("GemmaForCausalLM");
        assertHeads(config, 16, 256, QkNorm.NONE);
        assertRest(config, 8192, 10000, 1e-6, true);
        assertThat(config.norms().kind()).isEqualTo(NormKind.RMS_PLUS_ONE);
        assertThat(config.scales()).isEqualTo(new Scales(8, 1, 1, 0));
        assertThat(config.layers().getFirst().feedForward().activation())
                .isEqualTo(ActivationKind.GELU_TANH);
    }

    @Test
    void geluInAFileOfGemmaMeansItsApproximation() throws IOException {
        assertThat(activation(read("GemmaForCausalLM", "hidden_act", "\"gelu\"")))
                .isEqualTo(ActivationKind.GELU_TANH);
        assertThat(activation(read("GemmaForCausalLM", "hidden_act", "\"silu\"")))
                .isEqualTo(ActivationKind.SILU);
        assertThat(activation(read("GemmaForCausalLM", "hidden_activation", "\"gelu\"")))
                .isEqualTo(ActivationKind.GELU);
    }

    @Test
    void defaultsOfGemma2AreThoseOfTransformers() throws IOException {
        DecoderConfig config = read("Gemma2ForCausalLM");
        assertHeads(config, 4, 256, QkNorm.NONE);
        assertRest(config, 8192, 10000, 1e-6, true);
        assertThat(config.attention().softCap()).isEqualTo(50);
        assertThat(config.scales()).isEqualTo(new Scales(8, 1, 1, 30));
        assertThat(windows(config)).containsExactly(4096, 0, 4096, 0, 4096, 0, 4096);
        assertThat(config.layers().getFirst().scale()).isEqualTo(1 / 16.0);
        DecoderConfig uncapped = read("Gemma2ForCausalLM", "attn_logit_softcapping", "null");
        assertThat(uncapped.attention().softCap()).isZero();
        assertThat(
                        read("Gemma2ForCausalLM", "final_logit_softcapping", "null")
                                .scales()
                                .finalSoftCap())
                .isZero();
    }

    @Test
    void defaultsOfGemma3AreThoseOfTransformers() throws IOException {
        DecoderConfig config = read("Gemma3ForCausalLM");
        assertHeads(config, 4, 256, QkNorm.RMS);
        assertRest(config, 131072, 1e6, 1e-6, true);
        assertThat(((Rotary) config.positions()).ropes().get(1).ropeTheta()).isEqualTo(1e4);
        assertThat(config.attention().softCap()).isZero();
        assertThat(config.scales().finalSoftCap()).isZero();
        assertThat(windows(config)).containsExactly(4096, 4096, 4096, 4096, 4096, 0, 4096);
        assertThat(config.layers()).extracting(l -> l.rope()).containsExactly(1, 1, 1, 1, 1, 0, 1);
        assertThat(config.layers().getFirst().scale()).isEqualTo(1 / 16.0);
    }

    @Test
    void defaultsOfPhi3AreThoseOfTransformers() throws IOException {
        DecoderConfig config = read("Phi3ForCausalLM");
        assertHeads(config, 32, 2, QkNorm.NONE);
        assertRest(config, 4096, 10000, 1e-5, false);
        assertThat(rope(config).rotaryDim()).isEqualTo(2);
        assertThat(windows(config)).containsOnly(0);
    }

    @Test
    void longRopeOfPhi3CountsFrom4096TokensUnderAnyOfItsNames() throws IOException {
        for (String type : new String[] {"longrope", "su", "yarn"}) {
            String rope =
                    "{\"type\": \"%s\", \"short_factor\": [1], \"long_factor\": [2]}"
                            .formatted(type);
            String longer = TinyCheckpoint.keyed(SIZES, "max_position_embeddings", "131072");
            RopeScaling scaling =
                    rope(readText(
                                    "Phi3ForCausalLM",
                                    TinyCheckpoint.keyed(longer, "rope_scaling", rope)))
                            .scaling();
            assertThat(scaling).isInstanceOf(RopeScaling.LongRope.class);
            assertThat(((RopeScaling.LongRope) scaling).originalLength()).isEqualTo(4096);
            assertThat(scaling.attentionFactor())
                    .isEqualTo(Math.sqrt(1 + Math.log(32) / Math.log(4096)));
        }
    }

    @Test
    void defaultsOfGpt2AreThoseOfTransformers() throws IOException {
        DecoderConfig config = readText("GPT2LMHeadModel", "{\"model_type\": \"gpt2\"}");
        assertThat(config.vocabSize()).isEqualTo(50257);
        assertThat(config.hiddenSize()).isEqualTo(768);
        assertThat(config.numHiddenLayers()).isEqualTo(12);
        assertThat(config.attention().numAttentionHeads()).isEqualTo(12);
        assertThat(config.maxPositionEmbeddings()).isEqualTo(1024);
        assertThat(config.layers().getFirst().feedForward())
                .isEqualTo(new Plain(3072, ActivationKind.GELU_TANH));
        assertThat(config.layers().getLast().scale()).isEqualTo(0.125);
        assertThat(config.norms().eps()).isEqualTo(1e-5);
        assertThat(config.tieWordEmbeddings()).isTrue();
        String byLayer =
                "{\"scale_attn_by_inverse_layer_idx\": true, \"scale_attn_weights\": false}";
        assertThat(readText("GPT2LMHeadModel", byLayer).layers().getLast().scale())
                .isEqualTo(1 / 12.0);
    }

    @Test
    void defaultsOfGptNeoxAreThoseOfTransformers() throws IOException {
        String wide = TinyCheckpoint.keyed(SIZES, "hidden_size", "512");
        DecoderConfig config = readText("GPTNeoXForCausalLM", wide);
        assertHeads(config, 32, 16, QkNorm.NONE);
        assertRest(config, 2048, 10000, 1e-5, false);
        assertThat(rope(config).rotaryDim()).isEqualTo(4);
        assertThat(config.norms().placement()).isEqualTo(Placement.PARALLEL_TWO);
        assertThat(config.biases()).isEqualTo(Biases.all(true));
        assertThat(activation(config)).isEqualTo(ActivationKind.GELU);
        DecoderConfig serial =
                readText(
                        "GPTNeoXForCausalLM",
                        TinyCheckpoint.keyed(wide, "use_parallel_residual", "false"));
        assertThat(serial.norms().placement()).isEqualTo(Placement.PRE);
    }

    /// transformers reads the base of this family under `rotary_emb_base` alone.
    @Test
    void theBaseOfGptNeoxIsRotaryEmbBase() throws IOException {
        String wide = TinyCheckpoint.keyed(SIZES, "hidden_size", "512");
        String both =
                TinyCheckpoint.keyed(
                        TinyCheckpoint.keyed(wide, "rope_theta", "7"), "rotary_emb_base", "500");
        assertThat(rope(readText("GPTNeoXForCausalLM", both)).ropeTheta()).isEqualTo(500);
    }

    @Test
    void defaultsOfOlmo2AreThoseOfTransformers() throws IOException {
        DecoderConfig config = read("Olmo2ForCausalLM");
        assertHeads(config, 32, 2, QkNorm.RMS);
        assertRest(config, 2048, 10000, 1e-5, false);
        assertThat(config.norms().placement()).isEqualTo(Placement.POST);
    }

    @Test
    void defaultsOfStarcoder2AreThoseOfTransformers() throws IOException {
        DecoderConfig config = read("Starcoder2ForCausalLM");
        assertHeads(config, 2, 2, QkNorm.NONE);
        assertRest(config, 4096, 10000, 1e-5, true);
        assertThat(config.norms().kind()).isEqualTo(NormKind.LAYER);
        assertThat(config.biases()).isEqualTo(Biases.all(true));
        assertThat(windows(config)).containsOnly(0);
        assertThat(activation(config)).isEqualTo(ActivationKind.GELU_TANH);
    }

    @Test
    void defaultsOfCohereAreThoseOfTransformers() throws IOException {
        DecoderConfig config = read("CohereForCausalLM", "rope_theta", "10000");
        assertHeads(config, 32, 2, QkNorm.NONE);
        assertRest(config, 8192, 10000, 1e-5, true);
        assertThat(config.scales()).isEqualTo(new Scales(1, 1, 0.0625, 0));
        assertThat(read("CohereForCausalLM", "rope_parameters", "{\"rope_theta\": 7}"))
                .extracting(c -> rope(c).ropeTheta())
                .isEqualTo(7.0);
    }

    @Test
    void cohereMustSayItsRopeThetaSinceReleasesDisagree() {
        assertThatThrownBy(() -> read("CohereForCausalLM"))
                .hasMessageStartingWith("rope_theta is missing.");
    }

    @Test
    void defaultsOfGraniteAreThoseOfTransformers() throws IOException {
        DecoderConfig config = read("GraniteForCausalLM");
        assertHeads(config, 32, 2, QkNorm.NONE);
        assertRest(config, 2048, 10000, 1e-6, false);
        assertThat(config.scales()).isEqualTo(Scales.NONE);
        assertThat(config.layers().getFirst().scale()).isEqualTo(1);
        assertThat(config.biases()).isEqualTo(Biases.NONE);
    }

    private static void assertHeads(
            DecoderConfig config, int keyValueHeads, int headDim, QkNorm qkNorm) {
        Heads heads = config.attention();
        assertThat(heads.numAttentionHeads()).isEqualTo(32);
        assertThat(heads.numKeyValueHeads()).isEqualTo(keyValueHeads);
        assertThat(heads.headDim()).isEqualTo(headDim);
        assertThat(heads.qkNorm()).isEqualTo(qkNorm);
    }

    private static void assertRest(
            DecoderConfig config, int longest, double theta, double eps, boolean tied) {
        assertThat(config.maxPositionEmbeddings()).isEqualTo(longest);
        assertThat(rope(config).ropeTheta()).isEqualTo(theta);
        assertThat(rope(config).scaling()).isEqualTo(new RopeScaling.None());
        assertThat(config.norms().eps()).isEqualTo(eps);
        assertThat(config.tieWordEmbeddings()).isEqualTo(tied);
    }

    private static RopeConfig rope(DecoderConfig config) {
        return ((Rotary) config.positions()).ropes().getFirst();
    }

    private static ActivationKind activation(DecoderConfig config) {
        return config.layers().getFirst().feedForward().activation();
    }

    private static int[] windows(DecoderConfig config) {
        return config.layers().stream().mapToInt(DecoderConfig.Layer::window).toArray();
    }

    private DecoderConfig read(String architecture) throws IOException {
        return readText(architecture, SIZES);
    }

    private DecoderConfig read(String architecture, String key, String value) throws IOException {
        return readText(architecture, TinyCheckpoint.keyed(SIZES, key, value));
    }

    private DecoderConfig readText(String architecture, String text) throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(
                file, TinyCheckpoint.keyed(text, "architectures", "[\"" + architecture + "\"]"));
        ConfigJson json = ConfigJson.read(file);
        return Family.of(json).config(json);
    }
}
