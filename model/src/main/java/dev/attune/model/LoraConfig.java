package dev.attune.model;

import dev.attune.base.AttuneException;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What a LoRA adapter changes and by how much, in the words of PEFT's `adapter_config.json`.
///
/// @param r the rank
/// @param loraAlpha the strength; the update is scaled by `lora_alpha / r`
/// @param scaling rsLoRA or not, DoRA or not
/// @param targets which layers
/// @param rankPattern other ranks, by the end of a path or a regular expression
/// @param alphaPattern other strengths, likewise
/// @param modulesToSave layers that are trained whole
/// @param bias which biases train: `none`, `lora_only`, `all`
public record LoraConfig(
        int r,
        double loraAlpha,
        Scaling scaling,
        Targets targets,
        Map<String, Integer> rankPattern,
        Map<String, Double> alphaPattern,
        List<String> modulesToSave,
        String bias) {

    /// Checks the numbers.
    public LoraConfig {
        if (r <= 0) {
            throw AttuneException.user("r is " + r + ", expected a rank above zero.");
        }
        rankPattern = Map.copyOf(rankPattern);
        alphaPattern = Map.copyOf(alphaPattern);
        modulesToSave = List.copyOf(modulesToSave);
    }

    /// How the update is scaled.
    ///
    /// @param useRslora by `lora_alpha / √r`, [Kalajdzievski
    ///   2023](https://arxiv.org/abs/2312.03732)
    /// @param useDora whether row lengths train apart from directions
    public record Scaling(boolean useRslora, boolean useDora) {}

    /// Which layers an adapter changes.
    ///
    /// @param targetModules ends of paths: `q_proj`; empty if a pattern decides
    /// @param pattern a regular expression that a whole path must match, or `all-linear`
    /// @param layersToTransform only layers of these numbers; all if empty
    /// @param excludeModules ends of paths that stay as they are
    public record Targets(
            List<String> targetModules,
            Optional<String> pattern,
            List<Integer> layersToTransform,
            List<String> excludeModules) {
        private static final Pattern LAYER = Pattern.compile(".*?\\.(\\d+)\\..*");

        /// Copies the lists.
        public Targets {
            targetModules = List.copyOf(targetModules);
            layersToTransform = List.copyOf(layersToTransform);
            excludeModules = List.copyOf(excludeModules);
        }

        /// Layers whose paths end in one of these words.
        public static Targets of(String... targetModules) {
            return new Targets(List.of(targetModules), Optional.empty(), List.of(), List.of());
        }

        /// Every linear layer below the head.
        public static Targets allLinear() {
            return new Targets(List.of(), Optional.of("all-linear"), List.of(), List.of());
        }

        /// Whether the layer at that path is changed.
        boolean include(String path, boolean isHead) {
            if (excludeModules.stream().anyMatch(word -> endsIn(path, word))) {
                return false;
            }
            if (pattern.isPresent()) {
                return pattern.get().equals("all-linear") ? !isHead : path.matches(pattern.get());
            }
            return targetModules.stream().anyMatch(word -> endsIn(path, word))
                    && (layersToTransform.isEmpty() || inChosenLayer(path));
        }

        private boolean inChosenLayer(String path) {
            var matcher = LAYER.matcher(path);
            return matcher.matches()
                    && layersToTransform.contains(Integer.parseInt(matcher.group(1)));
        }

        private static boolean endsIn(String path, String word) {
            return path.equals(word) || path.endsWith("." + word);
        }
    }

    /// A usual adapter: rank and strength for some layers, nothing else.
    public static LoraConfig of(int r, double loraAlpha, Targets targets) {
        return new LoraConfig(
                r,
                loraAlpha,
                new Scaling(false, false),
                targets,
                Map.of(),
                Map.of(),
                List.of(),
                "none");
    }

    /// The rank at that path.
    public int rank(String path) {
        return rankPattern.entrySet().stream()
                .filter(e -> matches(e.getKey(), path))
                .findFirst()
                .map(Map.Entry::getValue)
                .orElse(r);
    }

    /// The factor of the update at that path.
    public double scale(String path) {
        double alpha =
                alphaPattern.entrySet().stream()
                        .filter(e -> matches(e.getKey(), path))
                        .findFirst()
                        .map(Map.Entry::getValue)
                        .orElse(loraAlpha);
        double rank = rank(path);
        return scaling.useRslora ? alpha / Math.sqrt(rank) : alpha / rank;
    }

    private static boolean matches(String key, String path) {
        return path.matches("(.*\\.)?(" + key + ")");
    }

    /// Reads the `adapter_config.json` of a folder.
    ///
    /// @throws AttuneException if it is no LoRA, or asks for what Attune does not compute
    static LoraConfig read(Path folder) {
        ConfigJson json = ConfigJson.read(folder.resolve("adapter_config.json"));
        String type = json.string("peft_type", "");
        if (!type.equals("LORA")) {
            throw AttuneException.user("peft_type is " + type + ", expected LORA.")
                    .at(json.file())
                    .fix("Attune loads LoRA, rsLoRA and DoRA adapters.");
        }
        refuse(json, "lora_bias");
        String bias = json.string("bias", "none");
        if (!List.of("none", "lora_only", "all").contains(bias)) {
            throw json.wrong("bias", "none, lora_only or all");
        }
        return new LoraConfig(
                json.positive("r", 8),
                json.number("lora_alpha", 8),
                new Scaling(json.flag("use_rslora", false), json.flag("use_dora", false)),
                targets(json),
                pattern(json, "rank_pattern", ConfigJson::positive),
                pattern(json, "alpha_pattern", ConfigJson::number),
                json.strings("modules_to_save"),
                bias);
    }

    private static void refuse(ConfigJson json, String key) {
        if (json.flag(key, false)) {
            throw AttuneException.user(key + " is true, which Attune does not compute.")
                    .at(json.file())
                    .fix("Merge the adapter with PEFT, and give the merged model.");
        }
    }

    private static Targets targets(ConfigJson json) {
        boolean isPattern = json.isString("target_modules");
        List<Integer> layers =
                json.isArray("layers_to_transform")
                        ? json.integers("layers_to_transform")
                        : json.integerIfPresent("layers_to_transform").stream().toList();
        Optional<String> pattern =
                isPattern ? json.stringIfPresent("target_modules") : Optional.empty();
        pattern.ifPresent(p -> compile(json, p));
        return new Targets(
                isPattern ? List.of() : json.strings("target_modules"),
                pattern,
                layers,
                json.isArray("exclude_modules") ? json.strings("exclude_modules") : List.of());
    }

    private static void compile(ConfigJson json, String pattern) {
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw AttuneException.user(
                            "target_modules is no regular expression: " + e.getDescription() + ".")
                    .at(json.file())
                    .fix("Correct the expression, or list the ends of the layers' names.")
                    .causedBy(e);
        }
    }

    private interface Reading<T> {
        T read(ConfigJson json, String key);
    }

    private static <T> Map<String, T> pattern(ConfigJson json, String key, Reading<T> reading) {
        Map<String, T> found = new LinkedHashMap<>();
        json.object(key).ifPresent(o -> o.keys().forEach(k -> found.put(k, reading.read(o, k))));
        return found;
    }
}
