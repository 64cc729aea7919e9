package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.model.DecoderConfig.FeedForward;
import dev.attune.model.DecoderConfig.Gated;
import dev.attune.model.DecoderConfig.Heads;
import dev.attune.model.DecoderConfig.Layer;
import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.model.DecoderConfig.Norms;
import dev.attune.model.DecoderConfig.Placement;
import dev.attune.model.DecoderConfig.Projection;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Rotary;
import dev.attune.tensor.ActivationKind;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// The keys that families read alike, each with the default of the family that asks.
final class FamilyReader {
    private static final Map<String, ActivationKind> ACTIVATIONS =
            Map.of(
                    "silu", ActivationKind.SILU,
                    "swish", ActivationKind.SILU,
                    "gelu", ActivationKind.GELU,
                    "gelu_new", ActivationKind.GELU_TANH,
                    "gelu_fast", ActivationKind.GELU_TANH,
                    "gelu_pytorch_tanh", ActivationKind.GELU_TANH,
                    "relu", ActivationKind.RELU);

    private final ConfigJson json;

    FamilyReader(ConfigJson json) {
        this.json = json;
    }

    /// `num_attention_heads`, `num_key_value_heads` and `head_dim`.
    ///
    /// @param defaultHeadDim the family's, 0 for `hidden_size / num_attention_heads`
    /// @param defaultKeyValueHeads the family's where the key is absent, 0 for as many as there are
    ///   heads, which is also what null means
    Heads heads(
            int defaultHeadDim,
            int defaultKeyValueHeads,
            double softCap,
            Projection projection,
            QkNorm qkNorm) {
        int heads = json.positive("num_attention_heads");
        return new Heads(
                heads,
                keyValueHeads(heads, defaultKeyValueHeads),
                headDim(heads, defaultHeadDim),
                softCap,
                projection,
                qkNorm);
    }

    private int keyValueHeads(int heads, int fallback) {
        String key = "num_key_value_heads";
        boolean absent = !json.keys().contains(key);
        int count = absent && fallback > 0 ? fallback : json.positive(key, heads);
        if (heads % count == 0) {
            return count;
        }
        String divisor = "a divisor of num_attention_heads, " + heads;
        throw absent
                ? json.unfit(key, "the family's own, " + fallback + ", is not " + divisor)
                : json.wrong(key, divisor);
    }

    private int headDim(int heads, int fallback) {
        if (json.has("head_dim")) {
            return json.positive("head_dim");
        }
        if (fallback > 0) {
            return fallback;
        }
        int hidden = json.positive("hidden_size");
        if (hidden % heads != 0) {
            throw json.wrong("num_attention_heads", "a divisor of hidden_size, " + hidden);
        }
        return hidden / heads;
    }

    /// A layer for each of `num_hidden_layers`.
    List<Layer> layers(IntFunction<Layer> layer) {
        return IntStream.range(0, json.positive("num_hidden_layers")).mapToObj(layer).toList();
    }

    /// The same layer `num_hidden_layers` times.
    List<Layer> layers(int window, double scale, FeedForward feedForward) {
        return layers(_ -> new Layer(window, 0, scale, feedForward));
    }

    /// `sliding_window`, 0 where it is null or, for a family without a default, absent.
    int slidingWindow(int fallback) {
        boolean absent = !json.keys().contains("sliding_window");
        int window = absent ? fallback : json.integer("sliding_window", 0);
        if (window < 0) {
            throw json.wrong("sliding_window", "a number above zero, or null");
        }
        return window;
    }

    /// Whether a layer is windowed, by `layer_types` where the file has it, else by the family's
    /// own rule.
    boolean windowed(int layer, boolean byRule) {
        if (!json.isArray("layer_types")) {
            return byRule;
        }
        List<String> types = json.strings("layer_types");
        int layers = json.positive("num_hidden_layers");
        if (types.size() != layers) {
            throw json.unfit(
                    "layer_types", "it has " + types.size() + " entries for " + layers + " layers");
        }
        return switch (types.get(layer)) {
            case "sliding_attention" -> true;
            case "full_attention" -> false;
            default -> throw json.wrong("layer_types", "sliding_attention or full_attention only");
        };
    }

    /// The activation under `key`.
    ActivationKind activation(String key, String fallback) {
        String name = json.string(key, fallback);
        ActivationKind kind = ACTIVATIONS.get(name);
        if (kind == null) {
            Map<String, ActivationKind> known = new TreeMap<>(ACTIVATIONS);
            String nearest =
                    Nearest.to(name, known.keySet()).map(n -> " (nearest: " + n + ")").orElse("");
            throw AttuneException.user(key + " " + name + " is not known" + nearest + ".")
                    .at(json.file())
                    .fix("Known are " + String.join(", ", known.keySet()) + ".");
        }
        return kind;
    }

    /// The activation of the Gemma families.
    ///
    /// Files written before `hidden_activation` existed say `gelu` under `hidden_act` and mean the
    /// approximation that those models were trained with.
    ActivationKind gemmaActivation() {
        String key = json.has("hidden_activation") ? "hidden_activation" : "hidden_act";
        boolean meant = key.equals("hidden_act") && json.string(key, "gelu").equals("gelu");
        return meant ? ActivationKind.GELU_TANH : activation(key, "gelu_pytorch_tanh");
    }

    /// A gated feed-forward of `intermediate_size` with `hidden_act`.
    Gated gated(String activation) {
        return new Gated(
                json.positive("intermediate_size"), activation("hidden_act", activation), false);
    }

    /// Positions by rotation of whole heads, in halves, alike in every layer.
    ///
    /// @param theta the family's own `rope_theta`
    Rotary rotary(double theta, int longest, Heads heads) {
        RopeReader reader = new RopeReader(json, theta, longest);
        return new Rotary(List.of(reader.read(heads.headDim(), false)));
    }

    /// Norms by root mean square without biases, with `rms_norm_eps`.
    Norms norms(NormKind kind, Placement placement, double eps) {
        return new Norms(kind, placement, json.positiveNumber("rms_norm_eps", eps), false);
    }

    int maxPositionEmbeddings(int fallback) {
        return json.positive("max_position_embeddings", fallback);
    }
}
