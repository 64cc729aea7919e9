package dev.attune.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// In which keys recipes differ from the defaults, or from one another. Values are as a recipe
/// writes them.
public final class RecipeDifferences {
    /// Keys that the defaults of others look at.
    private static final Set<String> LEADING = Set.of("tuning", "r", "warmup_steps");

    /// Where the run is written to is no difference between what runs do.
    private static final String OUTPUT = "output_dir";

    private RecipeDifferences() {}

    /// The keys that are not at their default, in the order of [RecipeKeys]. Keys without a default
    /// are among them; the folder of the run is not.
    public static Map<String, String> fromDefaults(Recipe recipe) {
        List<String> needed = new ArrayList<>();
        List<String> leading = new ArrayList<>();
        for (RecipeKey key : RecipeKeys.all()) {
            if (key.isNeeded() || key.name().equals(OUTPUT)) {
                needed.add(key.name() + "=" + written(key, recipe));
            } else if (LEADING.contains(key.name())) {
                leading.add(key.name() + "=" + written(key, recipe));
            }
        }
        Recipe plain = RecipeReader.of(needed, recipe.outputDir()).recipe();
        leading.addAll(needed);
        Recipe alike = RecipeReader.of(leading, recipe.outputDir()).recipe();
        Map<String, String> changed = new LinkedHashMap<>();
        for (RecipeKey key : RecipeKeys.all()) {
            Recipe otherwise = LEADING.contains(key.name()) ? plain : alike;
            String value = written(key, recipe);
            boolean differs = key.isNeeded() || !value.equals(written(key, otherwise));
            if (differs && !key.name().equals(OUTPUT)) {
                changed.put(key.name(), value);
            }
        }
        return changed;
    }

    /// The keys in which not all recipes agree, with the value of each recipe.
    public static Map<String, List<String>> between(List<Recipe> recipes) {
        Map<String, List<String>> differing = new LinkedHashMap<>();
        for (RecipeKey key : RecipeKeys.all()) {
            List<String> values = recipes.stream().map(r -> written(key, r)).toList();
            if (values.stream().distinct().count() > 1 && !key.name().equals(OUTPUT)) {
                differing.put(key.name(), values);
            }
        }
        return differing;
    }

    private static String written(RecipeKey key, Recipe recipe) {
        return RecipeWriter.value(key.of().apply(recipe));
    }
}
