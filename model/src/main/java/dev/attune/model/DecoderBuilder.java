package dev.attune.model;

import dev.attune.model.DecoderConfig.FeedForward;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.Layer;
import dev.attune.model.DecoderConfig.MixtureOfExperts;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Plain;
import dev.attune.model.DecoderLayer.LayerNorms;
import dev.attune.model.WeightNames.AttentionNames;
import dev.attune.model.WeightNames.FeedForwardNames;
import dev.attune.tensor.AttentionShape;
import dev.attune.tensor.Linear;
import dev.attune.tensor.Parameter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts a decoder together from its configuration, taking each weight by name and shape.
final class DecoderBuilder {
    private final DecoderConfig config;
    private final WeightNames names;
    private final Linear.Layout layout;
    private final WeightSource source;

    DecoderBuilder(Family family, DecoderConfig config, WeightSource source) {
        this.config = config;
        this.names = family.names();
        this.layout = family.conv1d() ? Linear.Layout.IN_OUT : Linear.Layout.OUT_IN;
        this.source = source;
    }

    TokenEmbedding embedding() {
        // A tied checkpoint may hold the one matrix under the name of the head only.
        String embed = names.embedTokens() + ".weight";
        String head = names.lmHead() + ".weight";
        boolean underHead = config.tieWordEmbeddings() && !source.has(embed) && source.has(head);
        Parameter table =
                source.take(underHead ? head : embed, config.vocabSize(), config.hiddenSize());
        if (config.tieWordEmbeddings() && !underHead && source.has(head)) {
            // Some files store the tied matrix twice.
            source.pass(head, embed);
        }
        return new TokenEmbedding(names.embedTokens(), table);
    }

    Optional<Parameter> positionTable() {
        return switch (config.positions()) {
            case DecoderConfig.Learned _ ->
                    Optional.of(
                            source.take(
                                    names.embedPositions() + ".weight",
                                    config.maxPositionEmbeddings(),
                                    config.hiddenSize()));
            case DecoderConfig.Rotary _ -> Optional.empty();
        };
    }

    Projection head(TokenEmbedding embedding) {
        Parameter weight =
                config.tieWordEmbeddings()
                        ? embedding.table()
                        : source.take(
                                names.lmHead() + ".weight",
                                config.vocabSize(),
                                config.hiddenSize());
        return new Projection(names.lmHead(), weight, null, Linear.Layout.OUT_IN);
    }

    Norm finalNorm() {
        return norm(names.norm(), config.norms().kind(), config.hiddenSize());
    }

    List<DecoderLayer> layers() {
        List<DecoderLayer> layers = new ArrayList<>();
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            String prefix = names.layers() + i + ".";
            Layer layer = config.layers().get(i);
            layers.add(
                    new DecoderLayer(
                            layer,
                            config.norms().placement(),
                            config.scales().residual(),
                            norms(prefix),
                            attention(prefix, layer),
                            feedForward(prefix, layer.feedForward())));
        }
        return List.copyOf(layers);
    }

    private LayerNorms norms(String prefix) {
        Placement placement = config.norms().placement();
        WeightNames.NormNames of = names.norms();
        boolean before = placement != Placement.POST;
        boolean after = placement == Placement.POST || placement == Placement.PRE_AND_POST;
        boolean two = before && placement != Placement.PARALLEL;
        return new LayerNorms(
                layerNorm(before, prefix + of.beforeAttention()),
                layerNorm(after, prefix + of.afterAttention()),
                layerNorm(two, prefix + of.beforeFeedForward()),
                layerNorm(after, prefix + of.afterFeedForward()));
    }

    private Optional<Norm> layerNorm(boolean present, String path) {
        return present
                ? Optional.of(norm(path, config.norms().kind(), config.hiddenSize()))
                : Optional.empty();
    }

    private Norm norm(String path, NormKind kind, long... shape) {
        Parameter weight = source.take(path + ".weight", shape);
        boolean biased = config.norms().bias() && kind == NormKind.LAYER;
        Parameter bias = biased ? source.take(path + ".bias", shape) : null;
        return new Norm(path, kind, config.norms().eps(), weight, bias);
    }

    private AttentionBlock attention(String prefix, Layer layer) {
        Heads heads = config.attention();
        AttentionNames of = names.attention();
        long q = (long) heads.numAttentionHeads() * heads.headDim();
        long k = (long) heads.numKeyValueHeads() * heads.headDim();
        boolean bias = config.biases().qkv();
        int hidden = config.hiddenSize();
        List<Projection> inputs =
                switch (heads.projection()) {
                    case SEPARATE ->
                            List.of(
                                    linear(prefix + of.qProj(), q, hidden, bias),
                                    linear(prefix + of.kProj(), k, hidden, bias),
                                    linear(prefix + of.vProj(), k, hidden, bias));
                    case FUSED, FUSED_BY_HEAD ->
                            List.of(linear(prefix + of.qkvProj(), q + 2 * k, hidden, bias));
                };
        AttentionShape shape =
                new AttentionShape(
                        heads.numAttentionHeads(),
                        heads.numKeyValueHeads(),
                        heads.headDim(),
                        layer.scale(),
                        heads.softCap(),
                        layer.window());
        Projection output = linear(prefix + of.oProj(), hidden, q, config.biases().output());
        return new AttentionBlock(heads, shape, inputs, qkNorms(prefix, q, k), output);
    }

    private List<Norm> qkNorms(String prefix, long q, long k) {
        Heads heads = config.attention();
        String qPath = prefix + names.attention().qNorm();
        String kPath = prefix + names.attention().kNorm();
        // OLMo 2 is the one family whose norm spans all heads; it is also the one without a norm
        // before attention.
        boolean whole = config.norms().placement() == Placement.POST;
        long dim = heads.headDim();
        return switch (heads.qkNorm()) {
            case NONE -> List.of();
            case RMS ->
                    List.of(
                            norm(qPath, config.norms().kind(), whole ? q : dim),
                            norm(kPath, config.norms().kind(), whole ? k : dim));
            case LAYER ->
                    List.of(
                            norm(qPath, NormKind.LAYER, heads.numAttentionHeads(), dim),
                            norm(kPath, NormKind.LAYER, heads.numKeyValueHeads(), dim));
        };
    }

    private FeedForwardBlock feedForward(String prefix, FeedForward of) {
        FeedForwardNames in = names.feedForward();
        int hidden = config.hiddenSize();
        int width = of.intermediateSize();
        boolean bias = config.biases().feedForward();
        return switch (of) {
            case Plain plain ->
                    new FeedForwardBlock.Plain(
                            linear(prefix + in.up(), width, hidden, bias),
                            linear(prefix + in.down(), hidden, width, bias),
                            plain.activation());
            case Gated gated when gated.fused() ->
                    new FeedForwardBlock.FusedGated(
                            linear(prefix + in.gateUpProj(), 2L * width, hidden, bias),
                            linear(prefix + in.down(), hidden, width, bias),
                            gated.activation());
            case Gated gated -> gated(prefix, in, gated);
            case MixtureOfExperts experts -> mixture(prefix, in, experts);
        };
    }

    private FeedForwardBlock.Gated gated(String prefix, FeedForwardNames in, FeedForward of) {
        int hidden = config.hiddenSize();
        int width = of.intermediateSize();
        boolean bias = config.biases().feedForward();
        return new FeedForwardBlock.Gated(
                linear(prefix + in.gateProj(), width, hidden, bias),
                linear(prefix + in.up(), width, hidden, bias),
                linear(prefix + in.down(), hidden, width, bias),
                of.activation());
    }

    private FeedForwardBlock mixture(String prefix, FeedForwardNames in, MixtureOfExperts of) {
        Projection router =
                linear(prefix + in.router(), of.numExperts(), config.hiddenSize(), false);
        List<FeedForwardBlock.Gated> experts = new ArrayList<>();
        for (int e = 0; e < of.numExperts(); e++) {
            experts.add(gated(prefix + in.experts() + e + ".", in.insideExpert(), of));
        }
        return new FeedForwardBlock.Mixture(
                router, List.copyOf(experts), of.numExpertsPerTok(), of.normTopkProb());
    }

    private Projection linear(String path, long out, long in, boolean biased) {
        Parameter weight =
                layout == Linear.Layout.OUT_IN
                        ? source.take(path + ".weight", out, in)
                        : source.take(path + ".weight", in, out);
        @Nullable Parameter bias = biased ? source.take(path + ".bias", out) : null;
        return new Projection(path, weight, bias, layout);
    }
}
