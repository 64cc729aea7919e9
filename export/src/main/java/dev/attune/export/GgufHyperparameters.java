package dev.attune.export;

import dev.attune.format.GgufValue;
import dev.attune.format.GgufValue.Flag;
import dev.attune.format.GgufValue.Real;
import dev.attune.format.GgufValue.Text;
import dev.attune.format.GgufValue.Whole;
import dev.attune.format.GgufValueType;
import dev.attune.model.DecoderConfig;
import dev.attune.model.DecoderConfig.Layer;
import dev.attune.model.DecoderConfig.MixtureOfExperts;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Rotary;
import dev.attune.model.Family;
import dev.attune.model.RopeConfig;
import dev.attune.model.RopeScaling;

import java.util.LinkedHashMap;
import java.util.Map;

/// What a GGUF file says of how a model computes, in the keys of its architecture.
final class GgufHyperparameters {
    private final Family family;
    private final GgufFamily there;
    private final DecoderConfig config;
    private final Map<String, GgufValue> pairs = new LinkedHashMap<>();

    private GgufHyperparameters(Family family, DecoderConfig config) {
        this.family = family;
        this.there = GgufFamily.of(family);
        this.config = config;
    }

    /// The pairs of a model that [GgufLimits] found nothing against.
    static Map<String, GgufValue> of(Family family, DecoderConfig config) {
        GgufHyperparameters made = new GgufHyperparameters(family, config);
        made.sizes();
        made.attention();
        made.feedForward();
        made.scales();
        if (config.positions() instanceof Rotary rotary) {
            made.rope(rotary.ropes().getFirst());
        }
        return made.pairs;
    }

    private void sizes() {
        whole("vocab_size", config.vocabSize());
        whole("context_length", config.maxPositionEmbeddings());
        whole("embedding_length", config.hiddenSize());
        whole("block_count", config.numHiddenLayers());
    }

    private void attention() {
        DecoderConfig.Heads heads = config.attention();
        whole("attention.head_count", heads.numAttentionHeads());
        whole("attention.head_count_kv", heads.numKeyValueHeads());
        whole("attention.key_length", heads.headDim());
        whole("attention.value_length", heads.headDim());
        boolean layerNorm = config.norms().kind() == NormKind.LAYER;
        String eps = layerNorm ? "layer_norm_epsilon" : "layer_norm_rms_epsilon";
        real("attention." + eps, config.norms().eps());
        Layer first = config.layers().getFirst();
        if (there.writesAttentionScale()) {
            real("attention.scale", first.scale());
        }
        int window = config.layers().stream().mapToInt(Layer::window).max().orElse(0);
        switch (family) {
            case GEMMA2, GEMMA3, PHI3 -> whole("attention.sliding_window", window);
            case LLAMA, MISTRAL, QWEN2, QWEN3, QWEN3_MOE, GEMMA, GPT2, GPT_NEOX -> {}
            case OLMO2, STARCODER2, COHERE, GRANITE, MIXTRAL -> {}
        }
        if (heads.softCap() != 0) {
            real("attn_logit_softcapping", heads.softCap());
        }
        if (family == Family.GPT_NEOX) {
            boolean parallel = config.norms().placement() == Placement.PARALLEL_TWO;
            pairs.put(there.architecture() + ".use_parallel_residual", new Flag(parallel));
        }
    }

    private void feedForward() {
        DecoderConfig.FeedForward of = config.layers().getFirst().feedForward();
        whole("feed_forward_length", of.intermediateSize());
        if (of instanceof MixtureOfExperts experts) {
            whole("expert_count", experts.numExperts());
            whole("expert_used_count", experts.numExpertsPerTok());
            whole("expert_feed_forward_length", experts.intermediateSize());
        }
    }

    private void scales() {
        DecoderConfig.Scales scales = config.scales();
        if (family == Family.COHERE) {
            real("logit_scale", scales.logit());
        }
        if (family == Family.GRANITE) {
            real("embedding_scale", scales.embedding());
            real("residual_scale", scales.residual());
            real("logit_scale", 1 / scales.logit());
        }
        if (scales.finalSoftCap() != 0) {
            real("final_logit_softcapping", scales.finalSoftCap());
        }
    }

    private void rope(RopeConfig rope) {
        whole("rope.dimension_count", rope.rotaryDim());
        real("rope.freq_base", rope.ropeTheta());
        switch (rope.scaling()) {
            case RopeScaling.None _, RopeScaling.Dynamic _ -> {}
            // llama.cpp takes the factors from a tensor; the length is for whoever reads them back.
            case RopeScaling.Llama3 llama3 ->
                    whole("rope.scaling.original_context_length", llama3.originalLength());
            case RopeScaling.Linear linear -> scaling("linear", linear.factor());
            case RopeScaling.Yarn yarn -> {
                scaling("yarn", yarn.factor());
                whole("rope.scaling.original_context_length", yarn.originalLength());
                // llama.cpp multiplies this with a factor of its own.
                double own = yarn.factor() <= 1 ? 1 : 1 + 0.1 * Math.log(yarn.factor());
                if (Math.abs(yarn.attentionFactor() - own) > 1e-6) {
                    real("rope.scaling.attn_factor", yarn.attentionFactor() / own);
                }
            }
            case RopeScaling.LongRope longRope -> {
                whole("rope.scaling.original_context_length", longRope.originalLength());
                real("rope.scaling.attn_factor", longRope.attentionFactor());
            }
        }
    }

    private void scaling(String type, double factor) {
        pairs.put(there.architecture() + ".rope.scaling.type", new Text(type));
        real("rope.scaling.factor", factor);
    }

    private void whole(String key, int number) {
        pairs.put(there.architecture() + "." + key, new Whole(GgufValueType.UINT32, number));
    }

    private void real(String key, double number) {
        double rounded = (float) number;
        pairs.put(there.architecture() + "." + key, new Real(GgufValueType.FLOAT32, rounded));
    }
}
