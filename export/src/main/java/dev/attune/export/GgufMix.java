package dev.attune.export;

import dev.attune.format.GgmlType;
import dev.attune.model.DecoderConfig;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which type each tensor of a GGUF file gets: the choices of llama.cpp's own quantiser, so that a
/// file of ours is as large and as good as one of its own.
///
/// What is small stays in float32: norms, biases, routers, tables of positions. The head gets more
/// bits than the rest, and so do in the mixes `_m` and `_l` the values of attention and the last
/// matrix of the feed-forward, in the layers that matter most.
///
/// @param quant what the user asked for
/// @param layers how many the model has
/// @param queriesPerKey how many heads share a key
/// @param experts how many there are, 0 for none
/// @param large whether it is one of the models of 80 layers
/// @param ownHead whether the head is a tensor of its own
/// @param weighted whether it is known which columns matter
record GgufMix(
        GgufQuant quant,
        int layers,
        int queriesPerKey,
        int experts,
        boolean large,
        boolean ownHead,
        boolean weighted) {
    private static final Pattern LAYER = Pattern.compile("blk\\.(\\d+)\\.(.*)");
    private static final List<String> SMALL =
            List.of("ffn_gate_inp.weight", "position_embd.weight", "rope_f");

    static GgufMix of(GgufQuant quant, DecoderConfig config, GgufFamily family, boolean ownHead) {
        int experts =
                config.layers().getFirst().feedForward()
                                instanceof DecoderConfig.MixtureOfExperts mixture
                        ? mixture.numExperts()
                        : 0;
        int heads = config.attention().numAttentionHeads();
        int keys = config.attention().numKeyValueHeads();
        boolean large =
                config.numHiddenLayers() == 80
                        && heads != keys
                        && List.of("llama", "qwen2").contains(family.architecture());
        return new GgufMix(
                quant, config.numHiddenLayers(), heads / keys, experts, large, ownHead, false);
    }

    /// The same where it is known which columns matter.
    GgufMix weighing() {
        return new GgufMix(quant, layers, queriesPerKey, experts, large, ownHead, true);
    }

    /// The type of a tensor.
    ///
    /// @param shape outermost first
    GgmlType of(String name, List<Long> shape) {
        boolean small =
                shape.size() < 2
                        || !name.endsWith(".weight")
                        || name.contains("_norm.")
                        || SMALL.stream().anyMatch(name::contains);
        if (small) {
            return GgmlType.F32;
        }
        return quant.inBlocks()
                ? fitting(wanted(name, shape.getLast()), shape.getLast())
                : quant.usual();
    }

    /// The type for rows of a length that is no multiple of a block: one of about as many bits with
    /// smaller blocks, or half floats.
    private static GgmlType fitting(GgmlType type, long length) {
        if (length % type.blockLength() == 0) {
            return type;
        }
        GgmlType other =
                switch (type) {
                    case IQ4_XS -> GgmlType.IQ4_NL;
                    case Q2_K, Q3_K -> GgmlType.Q4_0;
                    case Q4_K -> GgmlType.Q5_0;
                    case Q5_K -> GgmlType.Q5_1;
                    case Q6_K -> GgmlType.Q8_0;
                    default -> GgmlType.F16;
                };
        return length % other.blockLength() == 0 ? other : GgmlType.F16;
    }

    private GgmlType wanted(String name, long length) {
        boolean head = ownHead ? name.equals("output.weight") : name.equals("token_embd.weight");
        if (head) {
            boolean eight = quant == GgufQuant.Q8_0 || length % 256 != 0;
            return eight ? GgmlType.Q8_0 : GgmlType.Q6_K;
        }
        Matcher layer = LAYER.matcher(name);
        if (!layer.matches()) {
            return quant.usual();
        }
        int index = Integer.parseInt(layer.group(1));
        return switch (layer.group(2)) {
            // What holds the values among others is treated as they are.
            case "attn_v.weight", "attn_qkv.weight" -> values(index);
            case "attn_k.weight" -> experts == 8 ? GgmlType.Q8_0 : quant.usual();
            case "attn_output.weight" -> output();
            case "ffn_down.weight", "ffn_down_exps.weight" -> down(index);
            default -> quant.usual();
        };
    }

    private GgmlType values(int layer) {
        if (experts == 8) {
            return GgmlType.Q8_0;
        }
        boolean shared = queriesPerKey >= 4;
        GgmlType type =
                switch (quant) {
                    case Q2_K -> shared ? GgmlType.Q4_K : GgmlType.Q3_K;
                    case Q2_K_S -> shared ? GgmlType.Q4_K : GgmlType.Q2_K;
                    case Q3_K_M -> layer < 2 ? GgmlType.Q5_K : GgmlType.Q4_K;
                    case Q3_K_L -> GgmlType.Q5_K;
                    case Q4_K_M, Q5_K_M -> matters(layer) ? GgmlType.Q6_K : quant.usual();
                    case Q4_K_S -> layer < 4 ? GgmlType.Q5_K : GgmlType.Q4_K;
                    case IQ4_NL, IQ4_XS -> shared ? GgmlType.Q5_K : quant.usual();
                    default -> quant.usual();
                };
        boolean coarse = type == GgmlType.Q3_K || type == GgmlType.Q4_K;
        return large && coarse ? GgmlType.Q5_K : type;
    }

    private GgmlType output() {
        if (experts == 8) {
            return switch (quant) {
                case Q2_K, Q3_K_S, Q3_K_M, Q4_K_S, Q4_K_M, IQ4_NL, IQ4_XS -> GgmlType.Q5_K;
                default -> quant.usual();
            };
        }
        return switch (quant) {
            case Q2_K -> GgmlType.Q3_K;
            case Q3_K_M -> GgmlType.Q4_K;
            case Q3_K_L -> GgmlType.Q5_K;
            default -> quant.usual();
        };
    }

    private GgmlType down(int layer) {
        boolean early = layer < layers / 8;
        return switch (quant) {
            case Q2_K -> GgmlType.Q3_K;
            case Q2_K_S -> early ? GgmlType.Q4_K : GgmlType.Q2_K;
            case Q3_K_M -> layer < layers / 16 ? GgmlType.Q5_K : GgmlType.Q4_K;
            case Q3_K_L -> GgmlType.Q5_K;
            case Q4_K_M, Q5_K_M -> matters(layer) ? GgmlType.Q6_K : quant.usual();
            case Q4_K_S -> early ? GgmlType.Q5_K : quant.usual();
            case IQ4_NL, IQ4_XS -> early && !weighted ? GgmlType.Q5_K : quant.usual();
            case Q4_0 -> early && weighted ? GgmlType.Q4_1 : quant.usual();
            case Q5_0 -> early && weighted ? GgmlType.Q5_1 : quant.usual();
            default -> quant.usual();
        };
    }

    /// The first eighth of the layers, the last, and every third between.
    private boolean matters(int layer) {
        int eighth = layers / 8;
        return layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2;
    }
}
