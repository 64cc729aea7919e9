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

/// Command R: attention and feed-forward side by side behind one norm, rope of neighbours.
///
/// A file must say `rope_theta`: where it is absent, transformers 4 takes 10000 and 5 takes 500000.
final class Cohere {
    private Cohere() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        QkNorm qkNorm = json.flag("use_qk_norm", false) ? QkNorm.LAYER : QkNorm.NONE;
        Heads heads = reader.heads(0, 0, 0, Projection.SEPARATE, qkNorm);
        Gated gated = reader.gated("silu");
        int longest = reader.maxPositionEmbeddings(8192);
        boolean bias = json.flag("attention_bias", false);
        return new DecoderConfig(
                json.positive("vocab_size"),
                json.positive("hidden_size"),
                longest,
                reader.layers(0, 1 / Math.sqrt(heads.headDim()), gated),
                heads,
                new Rotary(
                        List.of(
                                RopeReader.withoutDefault(json, longest)
                                        .read(heads.headDim(), true))),
                new Norms(
                        NormKind.LAYER,
                        Placement.PARALLEL,
                        json.positiveNumber("layer_norm_eps", 1e-5),
                        false),
                new Scales(1, 1, json.number("logit_scale", 0.0625), 0),
                new Biases(bias, bias, false),
                json.flag("tie_word_embeddings", true));
    }
}
