package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.Layer;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Scales;

/// Qwen 1.5, 2 and 2.5: Llama with biases on queries, keys and values.
final class Qwen2 {
    private Qwen2() {}

    static DecoderConfig config(ConfigJson json) {
        return dense(json, 0, QkNorm.NONE, new Biases(true, false, false));
    }

    /// What Qwen 2 and 3 share.
    ///
    /// @param defaultHeadDim the features of a head where the file does not say, 0 for `hidden_size
    ///   / num_attention_heads`
    static DecoderConfig dense(ConfigJson json, int defaultHeadDim, QkNorm qkNorm, Biases biases) {
        FamilyReader reader = new FamilyReader(json);
        Heads heads = reader.heads(defaultHeadDim, 32, 0, Projection.SEPARATE, qkNorm);
        Gated gated = reader.gated("silu");
        int longest = reader.maxPositionEmbeddings(32768);
        boolean windows = json.flag("use_sliding_window", false);
        int window = windows ? reader.slidingWindow(4096) : 0;
        int firstWindowed = json.integer("max_window_layers", 28);
        double scale = 1 / Math.sqrt(heads.headDim());
        return new DecoderConfig(
                json.positive("vocab_size"),
                json.positive("hidden_size"),
                longest,
                reader.layers(i ->
                        new Layer(
                                reader.windowed(i, i >= firstWindowed) ? window : 0,
                                0,
                                scale,
                                gated)),
                heads,
                reader.rotary(10000, longest, heads),
                reader.norms(NormKind.RMS, Placement.PRE, 1e-6),
                Scales.NONE,
                biases,
                json.flag("tie_word_embeddings", false));
    }
}
