package dev.attune.model;

import dev.attune.tensor.ActivationKind;

import java.util.List;

/// Everything in which one decoder differs from another, as data.
///
/// The words are those of Hugging Face's `config.json`; a [Family] reads that file into this.
///
/// @param vocabSize V
/// @param hiddenSize C
/// @param maxPositionEmbeddings the longest text the model was made for, in tokens
/// @param layers what each layer does, from the lowest
/// @param attention the heads
/// @param positions how a token knows its place
/// @param norms kind, place and epsilon of the norms
/// @param scales constant factors
/// @param biases which layers have one
/// @param tieWordEmbeddings whether the head is the embedding table
public record DecoderConfig(
        int vocabSize,
        int hiddenSize,
        int maxPositionEmbeddings,
        List<Layer> layers,
        Heads attention,
        Positions positions,
        Norms norms,
        Scales scales,
        Biases biases,
        boolean tieWordEmbeddings) {

    /// What may differ from layer to layer.
    ///
    /// @param window tokens a token sees, itself included; 0 for all
    /// @param rope which of the ropes of [Rotary] it uses
    /// @param scale what attention scores are multiplied by
    /// @param feedForward its second half
    public record Layer(int window, int rope, double scale, FeedForward feedForward) {}

    /// The heads of attention.
    ///
    /// @param numAttentionHeads H
    /// @param numKeyValueHeads K
    /// @param headDim D
    /// @param softCap attn_logit_softcapping, 0 for none
    /// @param projection how queries, keys and values lie in the checkpoint
    /// @param qkNorm the norm of queries and keys
    public record Heads(
            int numAttentionHeads,
            int numKeyValueHeads,
            int headDim,
            double softCap,
            Projection projection,
            QkNorm qkNorm) {}

    /// How the input projections of attention lie in the checkpoint.
    public enum Projection {
        /// Three matrices.
        SEPARATE,
        /// One, the queries of all heads first: Phi-3, GPT-2.
        FUSED,
        /// One, query, key and value of each head together: GPT-NeoX.
        FUSED_BY_HEAD
    }

    /// Whether queries and keys are normalised before they are turned.
    public enum QkNorm {
        /// Not at all.
        NONE,
        /// By RMS, over as many features as the weight is long: a head, or all of them.
        RMS,
        /// By layer norm of each head, with a weight a head: Cohere.
        LAYER
    }

    /// How a token knows its place.
    public sealed interface Positions permits Learned, Rotary {}

    /// A trained vector is added for each position: GPT-2.
    public record Learned() implements Positions {}

    /// Queries and keys are turned.
    ///
    /// @param ropes one for most families; Gemma 3 has a second for its windowed layers
    public record Rotary(List<RopeConfig> ropes) implements Positions {}

    /// The norms.
    ///
    /// @param kind what they compute
    /// @param placement where they stand
    /// @param eps rms_norm_eps or layer_norm_eps
    /// @param bias whether a layer norm has one
    public record Norms(NormKind kind, Placement placement, double eps, boolean bias) {}

    /// What a norm computes.
    public enum NormKind {
        /// RMS times the weight.
        RMS,
        /// RMS times one plus the weight: the Gemma families.
        RMS_PLUS_ONE,
        /// Layer norm.
        LAYER
    }

    /// Where the norms of a layer stand.
    public enum Placement {
        /// Before attention and before the feed-forward.
        PRE,
        /// Before and after each: Gemma 2 and 3.
        PRE_AND_POST,
        /// After each, none before: OLMo 2.
        POST,
        /// One before both, which run side by side: Cohere.
        PARALLEL,
        /// One before each, which run side by side: GPT-NeoX.
        PARALLEL_TWO
    }

    /// Constant factors, 1 (or 0 for the cap) where a family has none.
    ///
    /// @param embedding of the embeddings
    /// @param residual of each block's output
    /// @param logit of the logits
    /// @param finalSoftCap final_logit_softcapping
    public record Scales(double embedding, double residual, double logit, double finalSoftCap) {
        /// No factors.
        public static final Scales NONE = new Scales(1, 1, 1, 0);
    }

    /// Which linear layers have a bias.
    ///
    /// @param qkv the input projections of attention
    /// @param output its output projection
    /// @param feedForward the feed-forward
    public record Biases(boolean qkv, boolean output, boolean feedForward) {
        /// None has one.
        public static final Biases NONE = new Biases(false, false, false);

        /// All or none.
        public static Biases all(boolean on) {
            return new Biases(on, on, on);
        }
    }

    /// The second half of a layer.
    public sealed interface FeedForward permits Gated, Plain, MixtureOfExperts {
        /// F, of one expert where there are several.
        int intermediateSize();

        /// The function in its middle.
        ActivationKind activation();
    }

    /// Gate and up side by side, then down.
    ///
    /// @param fused whether gate and up are one matrix in the checkpoint: Phi-3
    public record Gated(int intermediateSize, ActivationKind activation, boolean fused)
            implements FeedForward {}

    /// Up, then down: GPT-2, GPT-NeoX, StarCoder 2.
    public record Plain(int intermediateSize, ActivationKind activation) implements FeedForward {}

    /// Gated feed-forwards of which each token uses a few.
    ///
    /// @param numExperts E
    /// @param numExpertsPerTok how many a token uses
    /// @param normTopkProb whether their weights are made to add up to one
    public record MixtureOfExperts(
            int intermediateSize,
            ActivationKind activation,
            int numExperts,
            int numExpertsPerTok,
            boolean normTopkProb)
            implements FeedForward {}

    /// The same with a head of its own.
    public DecoderConfig untied() {
        return new DecoderConfig(
                vocabSize,
                hiddenSize,
                maxPositionEmbeddings,
                layers,
                attention,
                positions,
                norms,
                scales,
                biases,
                false);
    }

    /// How many layers there are.
    public int numHiddenLayers() {
        return layers.size();
    }
}
