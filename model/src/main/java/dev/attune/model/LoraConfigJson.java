package dev.attune.model;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.core.util.Separators.Spacing;
import tools.jackson.databind.json.JsonMapper;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// A [LoraConfig] as the text of PEFT's `adapter_config.json`: keys sorted, two spaces.
///
/// @param fanInFanOut whether the base's linear weights lie transposed
/// @param base the base model, a name or a path
record LoraConfigJson(LoraConfig config, boolean fanInFanOut, String base) {
    /// What PEFT 0.15 writes where nothing was chosen, apart from the keys that are null.
    private static final Map<String, Object> DEFAULTS =
            Map.of(
                    "init_lora_weights",
                    true,
                    "loftq_config",
                    Map.of(),
                    "lora_bias",
                    false,
                    "lora_dropout",
                    0.0,
                    "megatron_core",
                    "megatron.core",
                    "task_type",
                    "CAUSAL_LM");

    private static final List<String> NULL_KEYS =
            List.of(
                    "auto_mapping",
                    "corda_config",
                    "eva_config",
                    "layer_replication",
                    "layers_pattern",
                    "megatron_config",
                    "revision",
                    "trainable_token_indices");

    /// @param kept entries of an earlier file, which count where the configuration says nothing
    /// @param paths the layers that have factors
    String text(Map<String, Object> kept, Collection<String> paths) {
        Map<String, @Nullable Object> json = new TreeMap<>(DEFAULTS);
        NULL_KEYS.forEach(key -> json.put(key, null));
        json.putAll(kept);
        json.put("peft_type", "LORA");
        json.put("inference_mode", true);
        json.put("base_model_name_or_path", base);
        json.put("fan_in_fan_out", fanInFanOut);
        json.put("r", config.r());
        json.put("lora_alpha", number(config.loraAlpha()));
        json.put("use_rslora", config.scaling().useRslora());
        json.put("use_dora", config.scaling().useDora());
        json.put("bias", config.bias());
        json.put("rank_pattern", config.rankPattern());
        Map<String, Object> alphas = new LinkedHashMap<>();
        config.alphaPattern().forEach((key, alpha) -> alphas.put(key, number(alpha)));
        json.put("alpha_pattern", alphas);
        json.put("modules_to_save", orNull(config.modulesToSave()));
        putTargets(json, paths);
        Separators separators =
                Separators.createDefaultInstance()
                        .withObjectNameValueSpacing(Spacing.AFTER)
                        .withObjectEmptySeparator("")
                        .withArrayEmptySeparator("");
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        PrettyPrinter layout =
                new DefaultPrettyPrinter(separators)
                        .withObjectIndenter(lines)
                        .withArrayIndenter(lines);
        return new JsonMapper().writer().with(layout).writeValueAsString(json);
    }

    private void putTargets(Map<String, @Nullable Object> json, Collection<String> paths) {
        LoraConfig.Targets targets = config.targets();
        if (targets.allLinearOnes()) {
            // PEFT too writes which layers those were.
            TreeSet<String> words = new TreeSet<>();
            paths.forEach(path -> words.add(path.substring(path.lastIndexOf('.') + 1)));
            json.put("target_modules", words);
        } else if (targets.pattern().isPresent()) {
            json.put("target_modules", targets.pattern().get());
        } else {
            json.put("target_modules", new TreeSet<>(targets.targetModules()));
        }
        json.put("layers_to_transform", orNull(targets.layersToTransform()));
        json.put(
                "exclude_modules",
                targets.excludePattern().isPresent()
                        ? targets.excludePattern().get()
                        : orNull(targets.excludeModules()));
    }

    private static @Nullable Object orNull(List<?> list) {
        return list.isEmpty() ? null : list;
    }

    /// A whole number without a point, as Python keeps it apart from a float.
    private static Object number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? (Object) (long) value
                : (Object) value;
    }
}
