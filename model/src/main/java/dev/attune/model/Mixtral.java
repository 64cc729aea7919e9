package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.MixtureOfExperts;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Scales;
import dev.attune.model.WeightNames.FeedForwardNames;

/// Mixtral: Mistral with a mixture of experts.
final class Mixtral {
    static final WeightNames NAMES =
            WeightNames.USUAL.with(
                    new FeedForwardNames(
                            "w1",
                            "",
                            "w3",
                            "w2",
                            "block_sparse_moe.gate",
                            "block_sparse_moe.experts."));

    private Mixtral() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        Heads heads = reader.heads(0, 8, 0, Projection.SEPARATE, QkNorm.NONE);
        MixtureOfExperts experts =
                new MixtureOfExperts(
                        json.positive("intermediate_size"),
                        reader.activation("hidden_act", "silu"),
                        json.positive("num_local_experts", 8),
                        json.positive("num_experts_per_tok", 2),
                        true);
        int longest = reader.maxPositionEmbeddings(131072);
        return new DecoderConfig(
                json.positive("vocab_size"),
                json.positive("hidden_size"),
                longest,
                reader.layers(reader.slidingWindow(0), 1 / Math.sqrt(heads.headDim()), experts),
                heads,
                reader.rotary(1e6, longest, heads),
                reader.norms(NormKind.RMS, Placement.PRE, 1e-5),
                Scales.NONE,
                Biases.NONE,
                json.flag("tie_word_embeddings", false));
    }
}
