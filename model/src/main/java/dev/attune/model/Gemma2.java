package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.Layer;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Scales;

/// Gemma 2: soft caps, a window on every second layer, norms before and after each half.
final class Gemma2 {
    private Gemma2() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        Heads heads =
                reader.heads(
                        256,
                        4,
                        json.number(
                                "attn_logit_softcapping",
                                json.keys().contains("attn_logit_softcapping") ? 0 : 50),
                        Projection.SEPARATE,
                        QkNorm.NONE);
        Gated gated =
                new Gated(json.positive("intermediate_size"), reader.gemmaActivation(), false);
        int longest = reader.maxPositionEmbeddings(8192);
        boolean bias = json.flag("attention_bias", false);
        int window = reader.slidingWindow(4096);
        double scale = 1 / Math.sqrt(json.positiveNumber("query_pre_attn_scalar", 256));
        boolean uncapped = json.keys().contains("final_logit_softcapping");
        return new DecoderConfig(
                json.positive("vocab_size"),
                json.positive("hidden_size"),
                longest,
                reader.layers(i ->
                        new Layer(reader.windowed(i, i % 2 == 0) ? window : 0, 0, scale, gated)),
                heads,
                reader.rotary(10000, longest, heads),
                reader.norms(NormKind.RMS_PLUS_ONE, Placement.PRE_AND_POST, 1e-6),
                new Scales(
                        Math.sqrt(json.positive("hidden_size")),
                        1,
                        1,
                        json.number("final_logit_softcapping", uncapped ? 0 : 30)),
                new Biases(bias, bias, false),
                json.flag("tie_word_embeddings", true));
    }
}
