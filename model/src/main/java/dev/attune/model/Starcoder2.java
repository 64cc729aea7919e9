package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Norms;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Plain;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Scales;
import dev.attune.model.WeightNames.FeedForwardNames;

/// StarCoder 2: layer norms, biases, a feed-forward without gate.
final class Starcoder2 {
    static final WeightNames NAMES =
            WeightNames.USUAL.with(new FeedForwardNames("", "", "mlp.c_fc", "mlp.c_proj", "", ""));

    private Starcoder2() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        Heads heads = reader.heads(0, 2, 0, Projection.SEPARATE, QkNorm.NONE);
        Plain plain =
                new Plain(
                        json.positive("intermediate_size"),
                        reader.activation("hidden_act", "gelu_pytorch_tanh"));
        int longest = reader.maxPositionEmbeddings(4096);
        return new DecoderConfig(
                json.positive("vocab_size"),
                json.positive("hidden_size"),
                longest,
                reader.layers(reader.slidingWindow(0), 1 / Math.sqrt(heads.headDim()), plain),
                heads,
                reader.rotary(10000, longest, heads),
                new Norms(
                        NormKind.LAYER,
                        Placement.PRE,
                        json.positiveNumber("norm_epsilon", 1e-5),
                        true),
                Scales.NONE,
                Biases.all(json.flag("use_bias", true)),
                json.flag("tie_word_embeddings", true));
    }
}
