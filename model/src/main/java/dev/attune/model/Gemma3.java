package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.Layer;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Norms;
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
                        json.number("attn_logit_softcapping", 0),
                        Projection.SEPARATE,
                        QkNorm.RMS);
        // Files written before `hidden_activation` existed say gelu and mean its approximation.
        Gated gated =
                new Gated(
                        json.positive("intermediate_size"),
                        reader.activation("hidden_activation", "gelu_pytorch_tanh"),
                        false);
        int longest = reader.maxPositionEmbeddings(131072);
        boolean bias = json.flag("attention_bias", false);
        int window = reader.slidingWindow(4096);
        int pattern = json.positive("sliding_window_pattern", 6);
        double scale = 1 / Math.sqrt(json.number("query_pre_attn_scalar", 256));
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
                new Norms(
                        NormKind.RMS_PLUS_ONE,
                        Placement.PRE_AND_POST,
                        json.number("rms_norm_eps", 1e-6),
                        false),
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
        ConfigJson parameters = json.object("rope_parameters").orElse(json);
        if (parameters.has("full_attention")) {
            return List.of(
                    rope(parameters.object("full_attention").orElseThrow(), json, headDim, 1e6),
                    rope(parameters.object("sliding_attention").orElseThrow(), json, headDim, 1e4));
        }
        RopeReader reader = new RopeReader(json, 1e6, longest);
        return List.of(
                reader.read(headDim, false), reader.plain("rope_local_base_freq", 1e4, headDim));
    }

    private static RopeConfig rope(ConfigJson of, ConfigJson json, int headDim, double theta) {
        RopeReader reader =
                new RopeReader(json, theta, json.positive("max_position_embeddings", 131072));
        return new RopeConfig(
                of.number("rope_theta", theta), headDim, false, reader.scaling(of, headDim));
    }
}
