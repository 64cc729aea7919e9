package dev.attune.model;

import dev.attune.base.AttuneException;

import java.util.Collections;
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
            throw AttuneException.user("r is " + r + ", expected a rank above zero.")
                    .fix("8 or 16 is usual.");
        }
        if (!Double.isFinite(loraAlpha)) {
            throw AttuneException.user("lora_alpha is " + loraAlpha + ", expected a number.")
                    .fix("Twice r is usual.");
        }
        rankPattern.keySet().forEach(key -> compile("rank_pattern", key));
        alphaPattern.keySet().forEach(key -> compile("alpha_pattern", key));
        // Of several expressions that match, the first counts: their order stays.
        rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
        alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
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
    /// @param excludePattern a regular expression; whole paths that match it stay as they are
    public record Targets(
            List<String> targetModules,
            Optional<String> pattern,
            List<Integer> layersToTransform,
            List<String> excludeModules,
            Optional<String> excludePattern) {
        private static final String ALL_LINEAR = "all-linear";
        private static final Pattern LAYER = Pattern.compile(".*?\\.(\\d+)\\..*");

        /// Checks the expressions.
        public Targets {
            pattern.filter(p -> !p.equals(ALL_LINEAR)).ifPresent(p -> compile("target_modules", p));
            excludePattern.ifPresent(p -> compile("exclude_modules", p));
            targetModules = List.copyOf(targetModules);
            layersToTransform = List.copyOf(layersToTransform);
            excludeModules = List.copyOf(excludeModules);
        }

        /// Layers whose paths end in one of these words.
        public static Targets of(String... targetModules) {
            return new Targets(
                    List.of(targetModules),
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    Optional.empty());
        }

        /// Every linear layer below the head.
        public static Targets allLinear() {
            return new Targets(
                    List.of(), Optional.of(ALL_LINEAR), List.of(), List.of(), Optional.empty());
        }

        /// Whether the layer at that path is changed.
        ///
        /// @param isEnd whether it is the embedding or the head
        boolean include(String path, boolean isEnd) {
            if (excludeModules.stream().anyMatch(word -> endsIn(path, word))
                    || excludePattern.filter(path::matches).isPresent()) {
                return false;
            }
            if (pattern.isPresent()) {
                return allLinearOnes() ? !isEnd : path.matches(pattern.get());
            }
            return targetModules.stream().anyMatch(word -> endsIn(path, word))
                    && (layersToTransform.isEmpty() || inChosenLayer(path));
        }

        /// Whether every linear layer below the head is meant, whatever it is called.
        boolean allLinearOnes() {
            return pattern.filter(ALL_LINEAR::equals).isPresent();
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

    private static void compile(String key, String pattern) {
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw AttuneException.user(
                            "%s %s is no regular expression: %s."
                                    .formatted(key, pattern, e.getDescription()))
                    .fix("Correct the expression, or give the ends of the layers' names.")
                    .causedBy(e);
        }
    }
}
