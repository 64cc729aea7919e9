package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.Layer;
import dev.attune.model.DecoderConfig.MixtureOfExperts;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Scales;

import java.util.List;

/// Qwen 3 with experts; layers can be dense by `mlp_only_layers` and `decoder_sparse_step`.
final class Qwen3Moe {
    private Qwen3Moe() {}

    static DecoderConfig config(ConfigJson json) {
        FamilyReader reader = new FamilyReader(json);
        Heads heads = reader.heads(0, 4, 0, Projection.SEPARATE, QkNorm.RMS);
        Gated gated = reader.gated("silu");
        MixtureOfExperts experts =
                new MixtureOfExperts(
                        json.positive("moe_intermediate_size", 768),
                        reader.activation("hidden_act", "silu"),
                        json.positive("num_experts", 128),
                        json.positive("num_experts_per_tok", 8),
                        json.flag("norm_topk_prob", false));
        List<Integer> dense = json.integers("mlp_only_layers");
        int step = json.positive("decoder_sparse_step", 1);
        int longest = reader.maxPositionEmbeddings(32768);
        boolean bias = json.flag("attention_bias", false);
        int window = json.flag("use_sliding_window", false) ? reader.slidingWindow(4096) : 0;
        double scale = 1 / Math.sqrt(heads.headDim());
        return new DecoderConfig(
                json.positive("vocab_size"),
                json.positive("hidden_size"),
                longest,
                reader.layers(i -> {
                    boolean sparse = !dense.contains(i) && (i + 1) % step == 0;
                    return new Layer(window, 0, scale, sparse ? experts : gated);
                }),
                heads,
                reader.rotary(10000, longest, heads),
                reader.norms(NormKind.RMS, Placement.PRE, 1e-6),
                Scales.NONE,
                new Biases(bias, bias, false),
                json.flag("tie_word_embeddings", false));
    }
}
