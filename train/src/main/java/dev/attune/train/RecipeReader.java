package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads a recipe from YAML and from `key=value` of a command line, which wins. Everything wrong is
/// told together, each with its line or its override.
public final class RecipeReader {
    private final Problems problems;
    private final RecipeGivens givens;
    private final Path base;
    private final String place;

    private RecipeReader(String place, Path base) {
        this.problems = new Problems("Cannot read " + place);
        this.givens = new RecipeGivens(problems);
        this.base = base;
        this.place = place;
    }

    /// A recipe with what was understood in another way than it was written.
    ///
    /// @param notes sentences for a person: `lora_r is r here.`
    public record Reading(Recipe recipe, List<String> notes) {
        /// Copies the notes.
        public Reading {
            notes = List.copyOf(notes);
        }
    }

    /// Reads a file.
    ///
    /// @param file the recipe, from the working folder
    /// @param overrides `key=value`, with values in YAML
    /// @param workingFolder where relative paths of `file` and of overrides begin; absolute
    /// @throws AttuneException with all that is wrong
    public static Reading read(Path file, List<String> overrides, Path workingFolder) {
        Path whole = workingFolder.resolve(file).normalize();
        try {
            return parse(Files.readAllBytes(whole), whole, overrides, workingFolder);
        } catch (NoSuchFileException e) {
            throw AttuneException.user("There is no recipe " + file + ".")
                    .at(whole)
                    .fix("Check the path.")
                    .causedBy(e);
        } catch (IOException e) {
            throw AttuneException.user("The recipe cannot be read.").at(whole).causedBy(e);
        }
    }

    /// Reads the bytes of a file, as [#read] does.
    public static Reading parse(
            byte[] bytes, Path file, List<String> overrides, Path workingFolder) {
        requireAbsolute(workingFolder);
        Path whole = workingFolder.resolve(file).normalize();
        Path folder = Optional.ofNullable(whole.getParent()).orElse(workingFolder);
        var reader = new RecipeReader(file.toString(), folder);
        reader.file(RecipeYaml.decode(bytes, file));
        reader.overrides(overrides, workingFolder);
        return reader.reading();
    }

    /// A recipe of the command line alone.
    ///
    /// @throws AttuneException with all that is wrong
    public static Reading of(List<String> settings, Path workingFolder) {
        requireAbsolute(workingFolder);
        var reader = new RecipeReader("the command line", workingFolder);
        reader.overrides(settings, workingFolder);
        return reader.reading();
    }

    private static void requireAbsolute(Path folder) {
        if (!folder.isAbsolute()) {
            throw new IllegalArgumentException("The working folder is relative: " + folder);
        }
    }

    private void file(String text) {
        switch (RecipeYaml.read(text, place, problems)) {
            case RecipeNode.Mapping mapping -> {
                for (RecipeNode.Entry entry : mapping.entries()) {
                    givens.add(entry.key(), entry.value(), place + ":" + entry.line(), base);
                }
            }
            case RecipeNode.Scalar scalar when scalar.isNothing() ->
                    throw notKeys("The recipe is empty.");
            case RecipeNode.Scalar scalar ->
                    throw notKeys("The recipe is " + scalar.told() + ", expected keys.");
            case RecipeNode.Sequence _ -> throw notKeys("The recipe is a list, expected keys.");
        }
        givens.endOfSource();
    }

    private AttuneException notKeys(String what) {
        return AttuneException.user(what)
                .at(place)
                .fix("Write lines of `key: value`; model_name_or_path and data are needed.");
    }

    private void overrides(List<String> overrides, Path workingFolder) {
        for (String override : overrides) {
            String where = "override " + override;
            int equals = override.indexOf('=');
            if (equals <= 0) {
                problems.add(
                        AttuneException.user(override + " is no setting, expected key=value.")
                                .at(where)
                                .fix("Write for instance learning_rate=1e-4."));
                continue;
            }
            try {
                RecipeNode value = RecipeYaml.read(override.substring(equals + 1), where, problems);
                givens.add(override.substring(0, equals).strip(), value, where, workingFolder);
            } catch (AttuneException e) {
                problems.add(e.at(where));
            }
        }
        givens.endOfSource();
    }

    private Reading reading() {
        var values = new HashMap<String, Object>();
        Map<String, RecipeGivens.Given> given = givens.byKey();
        given.forEach((key, one) -> values.put(key, one.value()));
        for (RecipeKey key : RecipeKeys.all()) {
            if (key.isNeeded() && !givens.wasNamed(key.name())) {
                problems.add(
                        AttuneException.user(key.name() + " is missing: " + key.type().told() + ".")
                                .at(place)
                                .fix("Add it; " + firstSmall(key.help())));
            }
        }
        RecipeDefaults.fill(values, base);
        var whole = new RecipeValues(values);
        RecipeRules.broken(whole.data(), whole.where(), whole.schedule(), whole.stopping())
                .forEach(rule ->
                        problems.add(
                                AttuneException.user(rule.what())
                                        .at(place(rule.keys(), given))
                                        .fix(rule.fix())));
        problems.throwIfAny();
        try {
            Recipe recipe = whole.recipe();
            givens.note(RecipeDefaults.idle(recipe, given.keySet()));
            return new Reading(recipe, givens.notes());
        } catch (AttuneException e) {
            throw e.at(place);
        }
    }

    private String place(List<String> keys, Map<String, RecipeGivens.Given> given) {
        List<String> places =
                keys.stream()
                        .flatMap(key -> Stream.ofNullable(given.get(key)))
                        .map(RecipeGivens.Given::place)
                        .toList();
        return places.isEmpty() ? place : String.join(" and ", places);
    }

    private static String firstSmall(String sentence) {
        return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
