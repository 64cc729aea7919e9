package dev.attune.starter;

import dev.attune.model.DecoderConfig;
import dev.attune.model.RopeConfig;
import dev.attune.model.RopeScaling;
import dev.attune.tensor.ActivationKind;

import java.util.Collections;
import java.util.List;

/// The size of a starter model: Llama's architecture with a tied head.
///
/// @param vocabSize how many tokens there are
/// @param hiddenSize C
/// @param intermediateSize F
/// @param numHiddenLayers how many layers
/// @param numAttentionHeads H
/// @param numKeyValueHeads K
record StarterShape(
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int numKeyValueHeads) {
    /// What is embedded.
    static final StarterShape EMBEDDED = new StarterShape(3072, 192, 512, 6, 6, 3);

    static final int MAX_POSITION_EMBEDDINGS = 1024;
    private static final double ROPE_THETA = 10_000;
    private static final double RMS_NORM_EPS = 1e-5;

    /// The decoder of this shape.
    DecoderConfig decoder() {
        int headDim = hiddenSize / numAttentionHeads;
        var gated = new DecoderConfig.Gated(intermediateSize, ActivationKind.SILU, false);
        var layer = new DecoderConfig.Layer(0, 0, 1 / Math.sqrt(headDim), gated);
        return new DecoderConfig(
                vocabSize,
                hiddenSize,
                MAX_POSITION_EMBEDDINGS,
                Collections.nCopies(numHiddenLayers, layer),
                new DecoderConfig.Heads(
                        numAttentionHeads,
                        numKeyValueHeads,
                        headDim,
                        0,
                        DecoderConfig.Projection.SEPARATE,
                        DecoderConfig.QkNorm.NONE),
                new DecoderConfig.Rotary(
                        List.of(
                                new RopeConfig(
                                        ROPE_THETA, headDim, false, new RopeScaling.None()))),
                new DecoderConfig.Norms(
                        DecoderConfig.NormKind.RMS,
                        DecoderConfig.Placement.PRE,
                        RMS_NORM_EPS,
                        false),
                DecoderConfig.Scales.NONE,
                DecoderConfig.Biases.NONE,
                true);
    }

    /// The text of `config.json`.
    String configJson(String torchDtype) {
        return """
        {
          "architectures": ["LlamaForCausalLM"],
          "model_type": "llama",
          "attention_bias": false,
          "attention_dropout": 0.0,
          "bos_token_id": 0,
          "eos_token_id": 2,
          "pad_token_id": 3,
          "head_dim": %d,
          "hidden_act": "silu",
          "hidden_size": %d,
          "initializer_range": 0.02,
          "intermediate_size": %d,
          "max_position_embeddings": %d,
          "mlp_bias": false,
          "num_attention_heads": %d,
          "num_hidden_layers": %d,
          "num_key_value_heads": %d,
          "rms_norm_eps": 1e-05,
          "rope_theta": 10000.0,
          "tie_word_embeddings": true,
          "torch_dtype": "%s",
          "vocab_size": %d
        }
        """
                .formatted(
                        hiddenSize / numAttentionHeads,
                        hiddenSize,
                        intermediateSize,
                        MAX_POSITION_EMBEDDINGS,
                        numAttentionHeads,
                        numHiddenLayers,
                        numKeyValueHeads,
                        torchDtype,
                        vocabSize);
    }
}
