package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Scales;

/// Llama 1 to 3, and the many models that share its shape (SmolLM, TinyLlama, Yi, DeepSeek).
final class Llama {
    private Llama() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        Heads heads = reader.heads(0, 0, 0, Projection.SEPARATE, QkNorm.NONE);
        Gated gated = reader.gated("silu");
        int longest = reader.maxPositionEmbeddings(2048);
        boolean attentionBias = json.flag("attention_bias", false);
        return new DecoderConfig(
                json.positive("vocab_size"),
                json.positive("hidden_size"),
                longest,
                reader.layers(0, 1 / Math.sqrt(heads.headDim()), gated),
                heads,
                reader.rotary(10000, longest, heads),
                reader.norms(NormKind.RMS, Placement.PRE, 1e-6),
                Scales.NONE,
                new Biases(attentionBias, attentionBias, json.flag("mlp_bias", false)),
                json.flag("tie_word_embeddings", false));
    }
}
