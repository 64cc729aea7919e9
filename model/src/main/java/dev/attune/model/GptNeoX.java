package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Norms;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Plain;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Rotary;
import dev.attune.model.DecoderConfig.Scales;
import dev.attune.model.WeightNames.AttentionNames;
import dev.attune.model.WeightNames.FeedForwardNames;
import dev.attune.model.WeightNames.NormNames;

import java.util.List;

/// GPT-NeoX and Pythia: attention and feed-forward side by side, query, key and value fused by
/// head.
final class GptNeoX {
    static final WeightNames NAMES =
            new WeightNames(
                    "gpt_neox.",
                    "gpt_neox.embed_in",
                    "",
                    "gpt_neox.layers.",
                    "gpt_neox.final_layer_norm",
                    "embed_out",
                    new AttentionNames(
                            "", "", "", "attention.query_key_value", "attention.dense", "", ""),
                    NormNames.USUAL,
                    new FeedForwardNames("", "", "mlp.dense_h_to_4h", "mlp.dense_4h_to_h", "", ""));

    private GptNeoX() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        Heads heads = reader.heads(0, 0, 0, Projection.FUSED_BY_HEAD, QkNorm.NONE);
        Plain plain =
                new Plain(
                        json.positive("intermediate_size"),
                        reader.activation("hidden_act", "gelu"));
        int longest = reader.maxPositionEmbeddings(2048);
        double rotated = RopeReader.partialRotaryFactor(json, "rotary_pct", 0.25);
        int rotaryDim = (int) (heads.headDim() * rotated);
        RopeReader rope = RopeReader.of(json, "rotary_emb_base", 10000, longest);
        boolean bias = json.flag("attention_bias", true);
        Placement placement =
                json.flag("use_parallel_residual", true) ? Placement.PARALLEL_TWO : Placement.PRE;
        return new DecoderConfig(
                json.positive("vocab_size"),
                json.positive("hidden_size"),
                longest,
                reader.layers(0, 1 / Math.sqrt(heads.headDim()), plain),
                heads,
                new Rotary(List.of(rope.read(rotaryDim, false))),
                new Norms(
                        NormKind.LAYER,
                        placement,
                        json.positiveNumber("layer_norm_eps", 1e-5),
                        true),
                Scales.NONE,
                new Biases(bias, bias, true),
                json.flag("tie_word_embeddings", false));
    }
}
