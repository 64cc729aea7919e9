package dev.attune.cli;

import dev.attune.model.DecoderConfig;
import dev.attune.model.DecoderConfig.Layer;
import dev.attune.model.DecoderConfig.MixtureOfExperts;
import dev.attune.model.ModelFolder;
import dev.attune.model.RopeConfig;
import dev.attune.model.RopeScaling;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What `attune model show` tells of a model, under the keys of Hugging Face where there are any.
final class ModelFacts {
    private ModelFacts() {}

    /// The facts in the order in which they are shown.
    static Map<String, Object> of(ModelFolder folder) {
        DecoderConfig config = folder.config();
        var facts = new LinkedHashMap<String, Object>();
        facts.put("folder", folder.folder().toString());
        facts.put("architecture", folder.family().architecture());
        facts.put("model_type", folder.family().modelType());
        facts.put("parameters", folder.parameters());
        facts.put("dtypes", new TreeMap<>(folder.elements()));
        facts.put("file_bytes", folder.fileBytes());
        facts.put("float32_bytes", folder.parameters() * 4);
        facts.put("bfloat16_bytes", folder.parameters() * 2);
        facts.put("vocab_size", config.vocabSize());
        facts.put("hidden_size", config.hiddenSize());
        facts.put("num_hidden_layers", config.numHiddenLayers());
        facts.put("num_attention_heads", config.attention().numAttentionHeads());
        facts.put("num_key_value_heads", config.attention().numKeyValueHeads());
        facts.put("head_dim", config.attention().headDim());
        facts.put("intermediate_size", intermediateSizes(config));
        facts.put("experts", experts(config));
        facts.put("max_position_embeddings", config.maxPositionEmbeddings());
        facts.put("sliding_window", windows(config));
        facts.put("positions", positions(config));
        facts.put("tie_word_embeddings", config.tieWordEmbeddings());
        return facts;
    }

    private static List<Integer> intermediateSizes(DecoderConfig config) {
        return config.layers().stream()
                .map(layer -> layer.feedForward().intermediateSize())
                .distinct()
                .toList();
    }

    private static String experts(DecoderConfig config) {
        return config.layers().stream()
                .map(Layer::feedForward)
                .filter(MixtureOfExperts.class::isInstance)
                .map(MixtureOfExperts.class::cast)
                .map(of -> of.numExpertsPerTok() + " of " + of.numExperts())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static String windows(DecoderConfig config) {
        return config.layers().stream()
                .collect(Collectors.groupingBy(Layer::window, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(e -> (e.getKey() == 0 ? "none" : e.getKey()) + " in " + e.getValue())
                .collect(Collectors.joining(", ", "", " layers"));
    }

    private static String positions(DecoderConfig config) {
        return switch (config.positions()) {
            case DecoderConfig.Learned _ -> "learned";
            case DecoderConfig.Rotary(List<RopeConfig> ropes) ->
                    ropes.stream().map(ModelFacts::rope).collect(Collectors.joining("; "));
        };
    }

    private static String rope(RopeConfig rope) {
        return "rope, rope_theta %s, %d of each head's features, %s"
                .formatted(plain(rope.ropeTheta()), rope.rotaryDim(), scaling(rope.scaling()));
    }

    /// The stretching in the words of a `config.json`.
    private static String scaling(RopeScaling scaling) {
        return switch (scaling) {
            case RopeScaling.None _ -> "not scaled";
            case RopeScaling.Linear(double factor) -> "linear, factor " + plain(factor);
            case RopeScaling.Dynamic(double factor, int length) ->
                    "dynamic, factor %s beyond %d tokens".formatted(plain(factor), length);
            case RopeScaling.Llama3(double factor, double low, double high, int length) ->
                    "llama3, factor %s, low_freq_factor %s, high_freq_factor %s, first trained on %d tokens"
                            .formatted(plain(factor), plain(low), plain(high), length);
            case RopeScaling.Yarn yarn ->
                    "yarn, factor %s, first trained on %d tokens"
                            .formatted(plain(yarn.factor()), yarn.originalLength());
            case RopeScaling.LongRope longRope ->
                    "longrope, long factors beyond %d tokens".formatted(longRope.originalLength());
        };
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : number + "";
    }
}
