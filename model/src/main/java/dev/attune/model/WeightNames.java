package dev.attune.model;

/// What a family calls its modules: the path of each in the checkpoint, without `.weight` and
/// `.bias`.
///
/// @param basePrefix what a checkpoint of the bare decoder, without head, leaves out
/// @param embedTokens the embedding table
/// @param embedPositions the table of learned positions, if there is one
/// @param layers what the names of layer i begin with, before i
/// @param norm the final norm
/// @param lmHead the head
/// @param attention names inside attention
/// @param norms names of a layer's norms
/// @param feedForward names inside the feed-forward
public record WeightNames(
        String basePrefix,
        String embedTokens,
        String embedPositions,
        String layers,
        String norm,
        String lmHead,
        AttentionNames attention,
        NormNames norms,
        FeedForwardNames feedForward) {

    /// Inside attention, behind the layer's prefix.
    public record AttentionNames(
            String qProj,
            String kProj,
            String vProj,
            String qkvProj,
            String oProj,
            String qNorm,
            String kNorm) {
        /// The names most families share.
        public static final AttentionNames USUAL =
                new AttentionNames(
                        "self_attn.q_proj",
                        "self_attn.k_proj",
                        "self_attn.v_proj",
                        "self_attn.qkv_proj",
                        "self_attn.o_proj",
                        "self_attn.q_norm",
                        "self_attn.k_norm");
    }

    /// The norms of a layer.
    public record NormNames(
            String beforeAttention,
            String afterAttention,
            String beforeFeedForward,
            String afterFeedForward) {
        /// The names of families that have two, before each half.
        public static final NormNames USUAL =
                new NormNames("input_layernorm", "", "post_attention_layernorm", "");

        /// The names of families with a norm behind each half, and perhaps before.
        public static final NormNames SANDWICH =
                new NormNames(
                        "input_layernorm",
                        "post_attention_layernorm",
                        "pre_feedforward_layernorm",
                        "post_feedforward_layernorm");
    }

    /// Inside the feed-forward.
    ///
    /// @param gateProj the gate, or gate of an expert behind `experts.i.`
    /// @param gateUpProj gate and up in one
    /// @param up up, or the first matrix where there is no gate
    /// @param router the scores of the experts
    /// @param experts what the names of expert i begin with, before i
    public record FeedForwardNames(
            String gateProj,
            String gateUpProj,
            String up,
            String down,
            String router,
            String experts) {
        /// The same behind the prefix of an expert: the last word of each path.
        FeedForwardNames insideExpert() {
            return new FeedForwardNames(
                    lastWord(gateProj), "", lastWord(up), lastWord(down), "", "");
        }

        private static String lastWord(String path) {
            return path.substring(path.lastIndexOf('.') + 1);
        }

        /// The names most families share.
        public static final FeedForwardNames USUAL =
                new FeedForwardNames(
                        "mlp.gate_proj",
                        "mlp.gate_up_proj",
                        "mlp.up_proj",
                        "mlp.down_proj",
                        "mlp.gate",
                        "mlp.experts.");
    }

    /// The names most families share.
    public static final WeightNames USUAL =
            new WeightNames(
                    "model.",
                    "model.embed_tokens",
                    "",
                    "model.layers.",
                    "model.norm",
                    "lm_head",
                    AttentionNames.USUAL,
                    NormNames.USUAL,
                    FeedForwardNames.USUAL);

    /// The same with other names of norms.
    public WeightNames with(NormNames other) {
        return new WeightNames(
                basePrefix,
                embedTokens,
                embedPositions,
                layers,
                norm,
                lmHead,
                attention,
                other,
                feedForward);
    }

    /// The same with other names inside the feed-forward.
    public WeightNames with(FeedForwardNames other) {
        return new WeightNames(
                basePrefix,
                embedTokens,
                embedPositions,
                layers,
                norm,
                lmHead,
                attention,
                norms,
                other);
    }
}
