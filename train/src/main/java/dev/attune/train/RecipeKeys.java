package dev.attune.train;

import dev.attune.base.Nearest;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The table of all keys of a recipe: the one source for reading, overriding, writing and telling
/// them.
public final class RecipeKeys {
    /// Keys that belong together.
    record Section(String title, List<RecipeKey> keys) {}

    /// All keys, in the order in which they are told and written.
    static final List<Section> SECTIONS =
            List.of(
                    new Section("Model", RecipeModelKeys.model()),
                    new Section("Data", RecipeModelKeys.data()),
                    new Section("Method", RecipeModelKeys.method()),
                    new Section(
                            "Adapter",
                            joined(RecipeModelKeys.lora(), RecipeModelKeys.loraDetails())),
                    new Section(
                            "Optimizer and schedule",
                            joined(
                                    RecipeTrainingKeys.optimization(),
                                    RecipeTrainingKeys.optimizerDetails())),
                    new Section("Length and batches", RecipeTrainingKeys.batches()),
                    new Section("Reports, judging, checkpoints", RecipeTrainingKeys.intervals()),
                    new Section("Run", RecipeTrainingKeys.run()));

    private static final Map<String, RecipeKey> BY_NAME =
            SECTIONS.stream()
                    .flatMap(section -> section.keys().stream())
                    .collect(Collectors.toUnmodifiableMap(RecipeKey::name, Function.identity()));

    private RecipeKeys() {}

    /// The names of all keys, in order.
    public static List<String> names() {
        return all().stream().map(RecipeKey::name).toList();
    }

    /// All keys as a page in Markdown, with the names that other tools have for them.
    public static String markdown() {
        return RecipePage.markdown();
    }

    /// All keys as plain text for a terminal: name, default, meaning.
    public static String text() {
        return RecipePage.text();
    }

    private static List<RecipeKey> joined(List<RecipeKey> first, List<RecipeKey> then) {
        return Stream.concat(first.stream(), then.stream()).toList();
    }

    /// The keys in order.
    static List<RecipeKey> all() {
        return SECTIONS.stream().flatMap(section -> section.keys().stream()).toList();
    }

    /// The key of that name.
    static Optional<RecipeKey> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /// The known name, or name of another tool, that a word most likely meant.
    static Optional<String> nearest(String word) {
        if (word.length() > 100) {
            return Optional.empty();
        }
        var known = new TreeSet<>(RecipeAliases.names());
        known.addAll(BY_NAME.keySet());
        return Nearest.to(word, known);
    }
}
