package dev.attune.train;

import dev.attune.base.Problems;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/// What a recipe says where nobody did: the table's defaults, three of which look at other keys.
final class RecipeDefaults {
    private RecipeDefaults() {}

    /// Adds what is missing.
    ///
    /// @param values by key; takes the defaults, and something harmless for a needed key that was
    ///   reported missing
    /// @param base where relative paths begin
    static void fill(Map<String, Object> values, Path base) {
        for (RecipeKey key : RecipeKeys.all()) {
            if (!values.containsKey(key.name())) {
                String text = key.isNeeded() ? "missing" : otherwise(key, values);
                values.put(key.name(), read(key, text, base));
            }
        }
    }

    /// The sentence on adapter keys that were given with full tuning, if there are any.
    static Optional<String> idle(Recipe recipe, Collection<String> given) {
        if (recipe.objective().tuning() != Recipe.Tuning.FULL) {
            return Optional.empty();
        }
        var idle = new ArrayList<String>();
        for (RecipeKeys.Section section : RecipeKeys.SECTIONS) {
            if (section.title().equals("Adapter")) {
                section.keys().stream()
                        .filter(key -> given.contains(key.name()) && !isDefault(key, recipe))
                        .forEach(key -> idle.add(key.name()));
            }
        }
        return idle.isEmpty()
                ? Optional.empty()
                : Optional.of("Of no effect with tuning full: " + String.join(", ", idle) + ".");
    }

    private static boolean isDefault(RecipeKey key, Recipe recipe) {
        return read(key, key.otherwise(), recipe.outputDir()).equals(key.of().apply(recipe));
    }

    private static String otherwise(RecipeKey key, Map<String, Object> values) {
        return switch (key.name()) {
            case "learning_rate" -> "full".equals(values.get("tuning")) ? "2e-5" : key.otherwise();
            case "warmup_ratio" ->
                    values.get("warmup_steps") instanceof Long steps && steps > 0
                            ? "0"
                            : key.otherwise();
            case "lora_alpha" ->
                    values.get("r") instanceof Long r ? Long.toString(2 * r) : key.otherwise();
            default -> key.otherwise();
        };
    }

    private static Object read(RecipeKey key, String text, Path base) {
        RecipeNode node =
                RecipeYaml.read(text, "default of " + key.name(), new Problems("Defaults"));
        return key.type().read(node, new RecipeType.Reading(key.name(), base, note -> {}));
    }
}
