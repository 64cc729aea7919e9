package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Scales;

/// Gemma 1: norms that multiply by one plus the weight, scaled embeddings, GeGLU.
final class Gemma {
    private Gemma() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        Heads heads = reader.heads(256, 16, 0, Projection.SEPARATE, QkNorm.NONE);
        Gated gated =
                new Gated(json.positive("intermediate_size"), reader.gemmaActivation(), false);
        int longest = reader.maxPositionEmbeddings(8192);
        boolean bias = json.flag("attention_bias", false);
        return new DecoderConfig(
                json.positive("vocab_size"),
                json.positive("hidden_size"),
                longest,
                reader.layers(0, 1 / Math.sqrt(heads.headDim()), gated),
                heads,
                reader.rotary(10000, longest, heads),
                reader.norms(NormKind.RMS_PLUS_ONE, Placement.PRE, 1e-6),
                new Scales(Math.sqrt(json.positive("hidden_size")), 1, 1, 0),
                new Biases(bias, bias, false),
                json.flag("tie_word_embeddings", true));
    }
}
