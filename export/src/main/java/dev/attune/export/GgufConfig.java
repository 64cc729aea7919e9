package dev.attune.export;

import dev.attune.model.Family;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The `config.json` of the model in a GGUF file: the reverse of [GgufHyperparameters].
final class GgufConfig {
    private final GgufKeys keys;
    private final Family family;
    private final ObjectNode json = new JsonMapper().createObjectNode();

    private GgufConfig(GgufKeys keys) {
        this.keys = keys;
        this.family = keys.family();
    }

    /// @throws dev.attune.base.AttuneException of kind USER if the file lacks a key, or says what
    ///   Attune does not compute
    static ObjectNode of(GgufKeys keys) {
        GgufConfig made = new GgufConfig(keys);
        made.sizes();
        made.heads();
        made.own();
        if (made.family != Family.GPT2) {
            new GgufRope(keys).writeTo(made.json);
        }
        return made.json;
    }

    private void sizes() {
        boolean gpt2 = family == Family.GPT2;
        json.putArray("architectures").add(family.architecture());
        json.put("model_type", family.modelType());
        json.put("vocab_size", keys.tensor("token_embd.weight").shape().getFirst());
        json.put(gpt2 ? "n_embd" : "hidden_size", keys.whole("embedding_length"));
        json.put(gpt2 ? "n_layer" : "num_hidden_layers", keys.whole("block_count"));
        json.put(gpt2 ? "n_positions" : "max_position_embeddings", keys.whole("context_length"));
        json.put(gpt2 ? "n_inner" : "intermediate_size", keys.whole("feed_forward_length"));
        json.put("tie_word_embeddings", tied());
        String eps = epsilonKey();
        String there = eps.equals("rms_norm_eps") ? "layer_norm_rms_epsilon" : "layer_norm_epsilon";
        json.put(eps, keys.real("attention." + there));
    }

    private boolean tied() {
        if (!keys.has("output.weight")) {
            return true;
        }
        var head = keys.tensor("output.weight");
        var table = keys.tensor("token_embd.weight");
        return head.type() == table.type()
                && keys.file().bytes(head).mismatch(keys.file().bytes(table)) == -1;
    }

    private String epsilonKey() {
        return switch (family) {
            case GPT2 -> "layer_norm_epsilon";
            case STARCODER2 -> "norm_epsilon";
            case GPT_NEOX, COHERE -> "layer_norm_eps";
            case LLAMA, MISTRAL, QWEN2, QWEN3, QWEN3_MOE, GEMMA, GEMMA2, GEMMA3 -> "rms_norm_eps";
            case PHI3, OLMO2, GRANITE, MIXTRAL -> "rms_norm_eps";
        };
    }

    private void heads() {
        long heads = keys.whole("attention.head_count");
        if (family == Family.GPT2) {
            json.put("n_head", heads);
            return;
        }
        json.put("num_attention_heads", heads);
        json.put("num_key_value_heads", keys.whole("attention.head_count_kv", heads));
        json.put(
                "head_dim",
                keys.whole("attention.key_length", keys.whole("embedding_length") / heads));
        json.put("hidden_act", activation());
        boolean bias = keys.has("blk.0.attn_q.bias") || keys.has("blk.0.attn_qkv.bias");
        json.put("attention_bias", bias);
        json.put("mlp_bias", keys.has("blk.0.ffn_up.bias"));
    }

    private String activation() {
        if (family == Family.GPT_NEOX) {
            return "gelu"; // which llama.cpp approximates
        }
        return switch (GgufFamily.of(family).activation()) {
            case SILU -> "silu";
            case GELU -> "gelu";
            case GELU_TANH -> "gelu_pytorch_tanh";
            case RELU -> "relu";
        };
    }

    /// What only some families have.
    private void own() {
        switch (family) {
            case GEMMA2, GEMMA3 -> gemma();
            case PHI3 -> json.putNull("sliding_window");
            case GPT_NEOX -> {
                boolean parallel = keys.flag("use_parallel_residual", true);
                json.put("use_parallel_residual", parallel);
            }
            case STARCODER2 -> {
                json.putNull("sliding_window");
                json.put("use_bias", keys.has("blk.0.attn_q.bias"));
            }
            case COHERE -> {
                json.put("logit_scale", keys.real("logit_scale"));
                json.put("use_qk_norm", keys.has("blk.0.attn_q_norm.weight"));
            }
            case GRANITE -> granite();
            case MIXTRAL -> {
                json.putNull("sliding_window");
                json.put("num_local_experts", keys.whole("expert_count"));
                json.put("num_experts_per_tok", keys.whole("expert_used_count"));
            }
            case QWEN3_MOE -> {
                var up = keys.tensor("blk.0.ffn_up_exps.weight");
                json.put("num_experts", keys.whole("expert_count"));
                json.put("num_experts_per_tok", keys.whole("expert_used_count"));
                json.put("moe_intermediate_size", up.shape().get(1));
                json.put("norm_topk_prob", true);
            }
            case LLAMA, MISTRAL, QWEN2, QWEN3, GEMMA, GPT2, OLMO2 -> {}
        }
    }

    private void gemma() {
        long layers = keys.whole("block_count");
        boolean byHidden = layers == (family == Family.GEMMA2 ? 46 : 62);
        long heads = keys.whole("attention.head_count");
        long hidden = keys.whole("embedding_length");
        json.put(
                "query_pre_attn_scalar",
                byHidden ? hidden / heads : keys.whole("attention.key_length"));
        json.put("sliding_window", keys.whole("attention.sliding_window"));
        if (family == Family.GEMMA2) {
            json.put("attn_logit_softcapping", keys.real("attn_logit_softcapping", 50));
            json.put("final_logit_softcapping", keys.real("final_logit_softcapping", 30));
        } else {
            json.put("sliding_window_pattern", 6);
            json.put("rope_local_base_freq", 10_000);
        }
    }

    private void granite() {
        json.put("embedding_multiplier", keys.real("embedding_scale"));
        json.put("residual_multiplier", keys.real("residual_scale"));
        json.put("attention_multiplier", keys.real("attention.scale"));
        json.put("logits_scaling", keys.real("logit_scale"));
    }
}
