package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.Layer;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Rotary;
import dev.attune.model.DecoderConfig.Scales;

import java.util.List;

/// Gemma 3, text: five windowed layers to one that sees all, each sort with a rope of its own.
final class Gemma3 {
    private Gemma3() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        Heads heads =
                reader.heads(
                        256,
                        4,
                        json.number("attn_logit_softcapping", 0),
                        Projection.SEPARATE,
                        QkNorm.RMS);
        Gated gated =
                new Gated(json.positive("intermediate_size"), reader.gemmaActivation(), false);
        int longest = reader.maxPositionEmbeddings(131072);
        boolean bias = json.flag("attention_bias", false);
        int window = reader.slidingWindow(4096);
        int pattern = json.positive("sliding_window_pattern", 6);
        double scale = 1 / Math.sqrt(json.positiveNumber("query_pre_attn_scalar", 256));
        return new DecoderConfig(
                json.positive("vocab_size", 262208),
                json.positive("hidden_size"),
                longest,
                reader.layers(i -> {
                    boolean windowed = reader.windowed(i, (i + 1) % pattern != 0);
                    return new Layer(windowed ? window : 0, windowed ? 1 : 0, scale, gated);
                }),
                heads,
                new Rotary(ropes(json, heads.headDim(), longest)),
                reader.norms(NormKind.RMS_PLUS_ONE, Placement.PRE_AND_POST, 1e-6),
                new Scales(
                        Math.sqrt(json.positive("hidden_size")),
                        1,
                        1,
                        json.number("final_logit_softcapping", 0)),
                new Biases(bias, bias, false),
                json.flag("tie_word_embeddings", true));
    }

    /// The rope of layers that see all, then that of windowed layers.
    private static List<RopeConfig> ropes(ConfigJson json, int headDim, int longest) {
        return List.of(
                new RopeReader(json, 1e6, longest).read("full_attention", headDim, true),
                RopeReader.of(json, "rope_local_base_freq", 1e4, longest)
                        .read("sliding_attention", headDim, false));
    }
}
