package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Norms;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Rotary;
import dev.attune.model.DecoderConfig.Scales;

import java.util.List;

/// Mistral 7B and its like: Llama with a sliding window.
final class Mistral {
    private Mistral() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        Heads heads = reader.heads(0, 8, 0, Projection.SEPARATE, QkNorm.NONE);
        Gated gated =
                new Gated(
                        json.positive("intermediate_size"),
                        reader.activation("hidden_act", "silu"),
                        false);
        int longest = reader.maxPositionEmbeddings(131072);
        return new DecoderConfig(
                json.positive("vocab_size"),
                json.positive("hidden_size"),
                longest,
                reader.layers(reader.slidingWindow(4096), 1 / Math.sqrt(heads.headDim()), gated),
                heads,
                new Rotary(
                        List.of(new RopeReader(json, 10000, longest).read(heads.headDim(), false))),
                new Norms(
                        NormKind.RMS,
                        Placement.PRE,
                        json.positiveNumber("rms_norm_eps", 1e-6),
                        false),
                Scales.NONE,
                Biases.NONE,
                json.flag("tie_word_embeddings", false));
    }
}
