package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Scales;

/// Granite 3: Llama with four constant factors.
final class Granite {
    private Granite() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        Heads heads = reader.heads(0, 0, 0, Projection.SEPARATE, QkNorm.NONE);
        Gated gated = reader.gated("silu");
        int longest = reader.maxPositionEmbeddings(2048);
        boolean bias = json.flag("attention_bias", false);
        return new DecoderConfig(
                json.positive("vocab_size"),
                json.positive("hidden_size"),
                longest,
                reader.layers(0, json.number("attention_multiplier", 1), gated),
                heads,
                reader.rotary(10000, longest, heads),
                reader.norms(NormKind.RMS, Placement.PRE, 1e-6),
                new Scales(
                        json.number("embedding_multiplier", 1),
                        json.number("residual_multiplier", 1),
                        1 / json.positiveNumber("logits_scaling", 1),
                        0),
                new Biases(bias, bias, json.flag("mlp_bias", false)),
                json.flag("tie_word_embeddings", false));
    }
}
