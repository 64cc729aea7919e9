package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.Layer;
import dev.attune.model.DecoderConfig.Learned;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Norms;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Plain;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Scales;
import dev.attune.model.WeightNames.AttentionNames;
import dev.attune.model.WeightNames.FeedForwardNames;
import dev.attune.model.WeightNames.NormNames;

import java.util.stream.IntStream;

/// GPT-2: learned positions, weights transposed (`Conv1D`), biases everywhere.
final class Gpt2 {
    static final WeightNames NAMES =
            new WeightNames(
                    "transformer.",
                    "transformer.wte",
                    "transformer.wpe",
                    "transformer.h.",
                    "transformer.ln_f",
                    "lm_head",
                    new AttentionNames("", "", "", "attn.c_attn", "attn.c_proj", "", ""),
                    new NormNames("ln_1", "", "ln_2", ""),
                    new FeedForwardNames("", "", "mlp.c_fc", "mlp.c_proj", "", ""));

    private Gpt2() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        int hidden = json.positive("n_embd", 768);
        int count = json.positive("n_head", 12);
        if (hidden % count != 0) {
            throw json.wrong("n_head", "a divisor of n_embd, " + hidden);
        }
        Plain plain =
                new Plain(
                        json.positive("n_inner", 4 * hidden),
                        reader.activation("activation_function", "gelu_new"));
        int dim = hidden / count;
        double scale = json.flag("scale_attn_weights", true) ? 1 / Math.sqrt(dim) : 1;
        boolean byLayer = json.flag("scale_attn_by_inverse_layer_idx", false);
        return new DecoderConfig(
                json.positive("vocab_size", 50257),
                hidden,
                json.positive("n_positions", 1024),
                IntStream.range(0, json.positive("n_layer", 12))
                        .mapToObj(i -> new Layer(0, 0, byLayer ? scale / (i + 1) : scale, plain))
                        .toList(),
                new Heads(count, count, dim, 0, Projection.FUSED, QkNorm.NONE),
                new Learned(),
                new Norms(
                        NormKind.LAYER,
                        Placement.PRE,
                        json.positiveNumber("layer_norm_epsilon", 1e-5),
                        true),
                Scales.NONE,
                Biases.all(true),
                json.flag("tie_word_embeddings", true));
    }
}
