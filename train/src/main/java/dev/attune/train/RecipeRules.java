package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;

import java.util.ArrayList;
import java.util.List;

/// What must hold for a recipe as a whole, beyond the type of each key.
final class RecipeRules {
    private RecipeRules() {}

    /// Something that cannot be.
    ///
    /// @param what with what was found and expected
    /// @param keys those concerned, the likeliest to be changed first
    /// @param fix the next step
    record Broken(String what, List<String> keys, String fix) {}

    /// Checks ranges and contradictions.
    ///
    /// @throws AttuneException with all that is wrong
    static void check(Recipe recipe) {
        Problems problems = new Problems("This recipe cannot be run");
        for (RecipeKey key : RecipeKeys.all()) {
            Object value = key.of().apply(recipe);
            key.type()
                    .problem(value)
                    .map(expected ->
                            AttuneException.user(
                                    "%s is %s, expected %s."
                                            .formatted(
                                                    key.name(),
                                                    RecipeWriter.value(value),
                                                    expected)))
                    .ifPresent(problems::add);
        }
        broken(recipe).forEach(rule -> problems.add(AttuneException.user(rule.what).fix(rule.fix)));
        problems.throwIfAny();
        // The model's own checks, of the expressions among others, once the ranges hold.
        recipe.lora().config();
    }

    private static List<Broken> broken(Recipe recipe) {
        return broken(recipe.data(), recipe.lora().where(), recipe.schedule(), recipe.stopping());
    }

    /// The contradictions between values that are right by themselves.
    static List<Broken> broken(
            Recipe.Data data,
            Recipe.Where where,
            Recipe.Schedule schedule,
            Recipe.Stopping stopping) {
        var broken = new ArrayList<Broken>();
        if (data.evalSplit() > 0 && !data.evalData().isEmpty()) {
            broken.add(
                    new Broken(
                            "eval_split and eval_data both hold rows out.",
                            List.of("eval_split", "eval_data"),
                            "Keep one of them."));
        }
        if (data.evalData().stream().anyMatch(source -> source.weight() != 1)) {
            broken.add(
                    new Broken(
                            "A source of eval_data has a weight, but held-out rows are judged once"
                                    + " each.",
                            List.of("eval_data"),
                            "Remove the weight."));
        }
        if (!where.layersToTransform().isEmpty() && where.targetModules().pattern().isPresent()) {
            broken.add(
                    new Broken(
                            "layers_to_transform has no effect with target_modules: "
                                    + where.targetModules().pattern().get()
                                    + ".",
                            List.of("layers_to_transform", "target_modules"),
                            "Give target_modules as a list of names, or the layers in the"
                                    + " pattern."));
        }
        if (schedule.warmupSteps() > 0 && schedule.warmupRatio() > 0) {
            broken.add(
                    new Broken(
                            "warmup_steps and warmup_ratio both say how long the warm-up is.",
                            List.of("warmup_ratio", "warmup_steps"),
                            "Keep one of them."));
        }
        if (!data.holdsOut() && stopping.earlyStoppingPatience().isPresent()) {
            broken.add(needsRows("early_stopping_patience"));
        }
        if (!data.holdsOut() && stopping.loadBestModelAtEnd()) {
            broken.add(needsRows("load_best_model_at_end"));
        }
        return broken;
    }

    private static Broken needsRows(String key) {
        return new Broken(
                key + " needs held-out rows, and there are none.",
                List.of(key),
                "Set eval_split: 0.1, or eval_data.");
    }
}
