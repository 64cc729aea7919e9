package dev.attune.cli;

import dev.attune.model.DecoderConfig;
import dev.attune.model.DecoderConfig.Layer;
import dev.attune.model.DecoderConfig.MixtureOfExperts;
import dev.attune.model.ModelFolder;
import dev.attune.model.RopeConfig;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.json.JsonMapper;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// `attune model show`: what the files of a model say about it.
@Command(
        name = "show",
        description = "Shows a model's architecture, shape and size, without loading its weights.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune model show models/SmolLM2-135M",
            "  attune model show models/SmolLM2-135M --json | jq .parameters"
        })
final class ModelShow implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ModelArgument model = new ModelArgument();

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        Map<String, Object> facts = facts(ModelFolder.read(model.folder()));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(facts));
        } else {
            facts.forEach((name, value) -> out.printf("%-24s  %s%n", name, shown(name, value)));
        }
        out.flush();
        return 0;
    }

    private static Map<String, Object> facts(ModelFolder folder) {
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
                    ropes.stream()
                            .map(rope ->
                                    "rope, theta %s, %d of each head's features, %s"
                                            .formatted(
                                                    plain(rope.ropeTheta()),
                                                    rope.rotaryDim(),
                                                    rope.scaling()))
                            .collect(Collectors.joining("; "));
        };
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : number + "";
    }

    private static String shown(String name, Object value) {
        if (value instanceof Long number) {
            String grouped = String.format(Locale.ROOT, "%,d", number);
            return name.endsWith("_bytes")
                    ? String.format(Locale.ROOT, "%s (%.1f MB)", grouped, number / 1e6)
                    : grouped;
        }
        String text = value.toString();
        return text.isEmpty() ? "none" : text.replaceAll("^[\\[{]|[\\]}]$", "");
    }
}
