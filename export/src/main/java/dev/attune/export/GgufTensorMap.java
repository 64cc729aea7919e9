package dev.attune.export;

import dev.attune.export.GgufChange.Order;
import dev.attune.model.DecoderConfig;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Layer;
import dev.attune.model.DecoderConfig.MixtureOfExperts;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Plain;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.Family;
import dev.attune.model.WeightNames;
import dev.attune.model.WeightNames.AttentionNames;
import dev.attune.model.WeightNames.FeedForwardNames;
import dev.attune.model.WeightNames.NormNames;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// What the weights of a checkpoint are called in a GGUF file, and how they differ there.
///
/// Biases stand in the map whether a model has them or not: who uses it takes those that are there.
///
/// @param entries in the order of the file
record GgufTensorMap(List<Entry> entries) {
    /// A tensor of the file.
    ///
    /// @param gguf its name
    /// @param sources the weights of the checkpoint it is made of: one, or one of each expert,
    ///   which stand one after the other
    /// @param change how it differs
    record Entry(String gguf, List<String> sources, GgufChange change) {
        boolean stacked() {
            return gguf.contains("_exps.");
        }
    }

    static GgufTensorMap of(Family family, DecoderConfig config) {
        return new Maker(family, config).map();
    }

    private static final class Maker {
        private final Family family;
        private final GgufFamily there;
        private final DecoderConfig config;
        private final WeightNames names;
        private final List<Entry> entries = new ArrayList<>();

        Maker(Family family, DecoderConfig config) {
            this.family = family;
            this.there = GgufFamily.of(family);
            this.config = config;
            this.names = family.names();
        }

        GgufTensorMap map() {
            add("token_embd", names.embedTokens(), GgufChange.NONE);
            if (!names.embedPositions().isEmpty()) {
                add("position_embd", names.embedPositions(), GgufChange.NONE);
            }
            for (int i = 0; i < config.numHiddenLayers(); i++) {
                layer("blk." + i + ".", names.layers() + i + ".", config.layers().get(i));
            }
            norm("output_norm", names.norm());
            if (!config.tieWordEmbeddings()) {
                add("output", names.lmHead(), GgufChange.NONE);
            } else if (there.headRequired()) {
                add("output", names.embedTokens(), GgufChange.NONE);
            }
            return new GgufTensorMap(List.copyOf(entries));
        }

        private void add(String gguf, String source, GgufChange change) {
            entries.add(new Entry(gguf + ".weight", List.of(source + ".weight"), change));
            // What is added belongs to the weight of a norm.
            GgufChange ofBias = new GgufChange(change.order(), change.heads(), 0, change.times());
            entries.add(new Entry(gguf + ".bias", List.of(source + ".bias"), ofBias));
        }

        private void linear(String gguf, String source) {
            Order order = family.conv1d() ? Order.TRANSPOSED : Order.SAME;
            add(gguf, source, GgufChange.ordered(order, 1));
        }

        private void norm(String gguf, String source) {
            add(gguf, source, ofNorm());
        }

        private GgufChange ofNorm() {
            boolean plusOne = config.norms().kind() == NormKind.RMS_PLUS_ONE;
            return GgufChange.NONE.plus(plusOne ? 1 : 0);
        }

        private void layer(String to, String from, Layer layer) {
            NormNames of = names.norms();
            Placement placement = config.norms().placement();
            boolean before = placement != Placement.POST;
            boolean after = placement == Placement.POST || placement == Placement.PRE_AND_POST;
            if (before) {
                norm(to + "attn_norm", from + of.beforeAttention());
            }
            attention(to, from, layer);
            if (after) {
                norm(to + "post_attention_norm", from + of.afterAttention());
            }
            if (before && placement != Placement.PARALLEL) {
                norm(to + "ffn_norm", from + of.beforeFeedForward());
            }
            feedForward(to, from, layer);
            if (after) {
                norm(to + "post_ffw_norm", from + of.afterFeedForward());
            }
        }

        private void attention(String to, String from, Layer layer) {
            AttentionNames of = names.attention();
            DecoderConfig.Heads heads = config.attention();
            double scale =
                    there.writesAttentionScale() ? 1 : layer.scale() / there.attentionScale(config);
            boolean normed = heads.qkNorm() != QkNorm.NONE;
            switch (heads.projection()) {
                case SEPARATE -> {
                    GgufChange q = turned(heads.numAttentionHeads());
                    add(to + "attn_q", from + of.qProj(), normed ? q : q.times(scale));
                    add(to + "attn_k", from + of.kProj(), turned(heads.numKeyValueHeads()));
                    add(to + "attn_v", from + of.vProj(), GgufChange.NONE);
                }
                case FUSED -> linear(to + "attn_qkv", from + of.qkvProj());
                case FUSED_BY_HEAD ->
                        add(
                                to + "attn_qkv",
                                from + of.qkvProj(),
                                GgufChange.ordered(Order.BLOCKS, heads.numAttentionHeads()));
            }
            if (normed) {
                add(to + "attn_q_norm", from + of.qNorm(), ofNorm().times(scale));
                add(to + "attn_k_norm", from + of.kNorm(), ofNorm());
            }
            linear(to + "attn_output", from + of.oProj());
        }

        private GgufChange turned(int heads) {
            return there.pairsTogether() ? GgufChange.ordered(Order.PAIRS, heads) : GgufChange.NONE;
        }

        private void feedForward(String to, String from, Layer layer) {
            FeedForwardNames of = names.feedForward();
            switch (layer.feedForward()) {
                case Plain _ -> {
                    linear(to + "ffn_up", from + of.up());
                    linear(to + "ffn_down", from + of.down());
                }
                case Gated gated -> {
                    if (gated.fused()) {
                        linear(to + "ffn_up", from + of.gateUpProj());
                    } else {
                        linear(to + "ffn_gate", from + of.gateProj());
                        linear(to + "ffn_up", from + of.up());
                    }
                    linear(to + "ffn_down", from + of.down());
                }
                case MixtureOfExperts experts -> {
                    linear(to + "ffn_gate_inp", from + of.router());
                    String each = from + of.experts();
                    stacked(to + "ffn_gate_exps", each, of.gateProj(), experts.numExperts());
                    stacked(to + "ffn_up_exps", each, of.up(), experts.numExperts());
                    stacked(to + "ffn_down_exps", each, of.down(), experts.numExperts());
                }
            }
        }

        private void stacked(String gguf, String from, String name, int experts) {
            String last = name.substring(name.lastIndexOf('.') + 1);
            List<String> sources =
                    IntStream.range(0, experts)
                            .mapToObj(e -> from + e + "." + last + ".weight")
                            .toList();
            entries.add(new Entry(gguf + ".weight", sources, GgufChange.NONE));
        }
    }
}
