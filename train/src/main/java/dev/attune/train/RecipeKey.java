package dev.attune.train;

import java.util.function.Function;

/// A row of [RecipeKeys]: one key of a recipe.
///
/// @param name transformers' or PEFT's word for it where they have one
/// @param type what its value must be
/// @param otherwise the default as a recipe would say it; empty if the key must be given
/// @param help what it means
/// @param reason why the default is what it is
/// @param of where a recipe holds it
record RecipeKey(
        String name,
        RecipeType type,
        String otherwise,
        String help,
        String reason,
        Function<Recipe, Object> of) {
    /// Whether a recipe without it is refused.
    boolean isNeeded() {
        return otherwise.isEmpty();
    }
}
