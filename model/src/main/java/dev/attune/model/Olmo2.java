package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Scales;

/// OLMo 2: norms after each half instead of before, and over all queries and all keys.
final class Olmo2 {
    private Olmo2() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        Heads heads = reader.heads(0, 0, 0, Projection.SEPARATE, QkNorm.RMS);
        Gated gated = reader.gated("silu");
        int longest = reader.maxPositionEmbeddings(2048);
        boolean bias = json.flag("attention_bias", false);
        return new DecoderConfig(
                json.positive("vocab_size"),
                json.positive("hidden_size"),
                longest,
                reader.layers(0, 1 / Math.sqrt(heads.headDim()), gated),
                heads,
                reader.rotary(10000, longest, heads),
                reader.norms(NormKind.RMS, Placement.POST, 1e-5),
                Scales.NONE,
                new Biases(bias, bias, false),
                json.flag("tie_word_embeddings", false));
    }
}
