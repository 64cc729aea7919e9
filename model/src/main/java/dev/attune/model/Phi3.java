package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Rotary;
import dev.attune.model.DecoderConfig.Scales;

import java.util.List;

/// Phi 3, 3.5 and 4-mini: fused projections, longrope, perhaps rotation of a part of each head.
final class Phi3 {
    private Phi3() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        Heads heads = reader.heads(0, 0, 0, Projection.FUSED, QkNorm.NONE);
        Gated gated =
                new Gated(
                        json.positive("intermediate_size"),
                        reader.activation("hidden_act", "silu"),
                        true);
        int longest = reader.maxPositionEmbeddings(4096);
        double rotated = RopeReader.partialRotaryFactor(json, "partial_rotary_factor", 1);
        int rotaryDim = (int) (heads.headDim() * rotated);
        return new DecoderConfig(
                json.positive("vocab_size"),
                json.positive("hidden_size"),
                longest,
                reader.layers(reader.slidingWindow(0), 1 / Math.sqrt(heads.headDim()), gated),
                heads,
                new Rotary(
                        List.of(
                                new RopeReader(json, 10000, longest)
                                        .originally(4096)
                                        .read(rotaryDim, false))),
                reader.norms(NormKind.RMS, Placement.PRE, 1e-5),
                Scales.NONE,
                Biases.NONE,
                json.flag("tie_word_embeddings", false));
    }
}
