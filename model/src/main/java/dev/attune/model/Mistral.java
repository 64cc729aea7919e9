package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Scales;

/// Mistral 7B and its like: Llama with a sliding window.
final class Mistral {
    private Mistral() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        Heads heads = reader.heads(0, 8, 0, Projection.SEPARATE, QkNorm.NONE);
        Gated gated = reader.gated("silu");
        int longest = reader.maxPositionEmbeddings(131072);
        return new DecoderConfig(
                json.positive("vocab_size"),
                json.positive("hidden_size"),
                longest,
                reader.layers(reader.slidingWindow(4096), 1 / Math.sqrt(heads.headDim()), gated),
                heads,
                reader.rotary(10000, longest, heads),
                reader.norms(NormKind.RMS, Placement.PRE, 1e-6),
                Scales.NONE,
                Biases.NONE,
                json.flag("tie_word_embeddings", false));
    }
}
