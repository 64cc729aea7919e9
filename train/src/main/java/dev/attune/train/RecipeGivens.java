package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;

import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Collects what a recipe and a command line give: names become keys, values get their types. A
/// later source wins over an earlier one; within one, a key has one value.
///
/// Not thread-safe; lives as long as one reading.
final class RecipeGivens {
    private static final Set<String> OFF = Set.of("false", "none", "no", "off", "0", "0.0");

    private static final String COLUMNS = "columns";

    private final Problems problems;
    private final Map<String, Given> before = new HashMap<>();
    private final Map<String, Given> now = new HashMap<>();
    private final Set<String> named = new HashSet<>();
    private final Set<String> notes = new LinkedHashSet<>();

    RecipeGivens(Problems problems) {
        this.problems = problems;
    }

    /// A value that somebody gave.
    ///
    /// @param name as it was written
    /// @param place file and line, or the override
    record Given(Object value, String name, String place) {}

    /// Takes one entry.
    ///
    /// @param base where its relative paths begin
    void add(String name, RecipeNode value, String place, Path base) {
        var entry = new Entry(name, value, place, base);
        if (RecipeAliases.GROUPS.contains(name) && value instanceof RecipeNode.Mapping mapping) {
            mapping.entries().forEach(inner -> member(entry, inner));
        } else {
            resolve(entry);
        }
    }

    /// What follows comes from a source that wins over all before.
    void endOfSource() {
        before.putAll(now);
        now.clear();
    }

    /// Whether the key was given by any name, rightly or not.
    boolean wasNamed(String key) {
        return named.contains(key);
    }

    /// The values of all sources.
    Map<String, Given> byKey() {
        return Collections.unmodifiableMap(before);
    }

    /// Adds a sentence for the reader.
    void note(Optional<String> sentence) {
        sentence.ifPresent(notes::add);
    }

    /// What was understood in another way than it was written, in order.
    List<String> notes() {
        return List.copyOf(notes);
    }

    private record Entry(String name, RecipeNode value, String place, Path base) {
        Entry with(String name, RecipeNode value) {
            return new Entry(name, value, place, base);
        }
    }

    /// A key within a group: `optimizer.lr`, `lora_parameters.rank`, one level or, as OpenAI's
    /// `method.supervised.hyperparameters`, several deep.
    private void member(Entry group, RecipeNode.Entry inner) {
        String whole = group.name + "." + inner.key();
        if (inner.value() instanceof RecipeNode.Mapping mapping && isUnknown(whole)) {
            String name = RecipeAliases.GROUPS.contains(inner.key()) ? inner.key() : group.name;
            mapping.entries().forEach(each -> member(group.with(name, mapping), each));
        } else if (isUnknown(whole) && !isUnknown(inner.key())) {
            resolve(group.with(inner.key(), inner.value()));
        } else {
            resolve(group.with(whole, inner.value()));
        }
    }

    private static boolean isUnknown(String name) {
        return RecipeKeys.named(name).isEmpty() && RecipeAliases.named(name).isEmpty();
    }

    private void resolve(Entry entry) {
        Optional<RecipeKey> key = RecipeKeys.named(entry.name);
        Optional<RecipeAlias> alias = RecipeAliases.named(entry.name);
        if (entry.name.startsWith(COLUMNS + ".")) {
            column(entry.name.substring(COLUMNS.length() + 1), entry);
        } else if (key.isPresent()) {
            put(key.get(), entry);
        } else if (alias.isPresent()) {
            translate(alias.get(), entry);
        } else {
            AttuneException unknown =
                    AttuneException.user("Unknown key " + entry.name + ".").at(entry.place);
            problems.add(
                    RecipeKeys.nearest(entry.name)
                            .map(near -> unknown.fix("Did you mean " + near + "?"))
                            .orElse(unknown.fix("docs/formats/recipe.md lists the keys.")));
        }
    }

    private void translate(RecipeAlias alias, Entry entry) {
        switch (alias.meaning()) {
            case RecipeAlias.Same same -> {
                notes.add(entry.name + " is " + same.key() + " here.");
                put(key(same.key()), entry);
            }
            case RecipeAlias.Opposite opposite -> {
                notes.add(entry.name + " is the opposite of " + opposite.key() + " here.");
                flag(entry)
                        .ifPresent(on -> put(key(opposite.key()), entry.with(entry.name, not(on))));
            }
            case RecipeAlias.WhenTrue when -> whenTrue(when, entry);
            case RecipeAlias.Column column -> {
                notes.add(entry.name + " is columns." + column.name() + " here.");
                column(column.name(), entry);
            }
            case RecipeAlias.Refused refused -> refuse(refused, entry);
            case RecipeAlias.Ignored ignored ->
                    notes.add(entry.name + " changes nothing: " + ignored.reason());
        }
    }

    private void whenTrue(RecipeAlias.WhenTrue meaning, Entry entry) {
        if (entry.value instanceof RecipeNode.Scalar scalar && scalar.text().equals("auto")) {
            notes.add(entry.name + " auto changes nothing: set " + meaning.key() + " instead.");
        } else if (flag(entry).orElse(false)) {
            notes.add("%s is %s: %s here.".formatted(entry.name, meaning.key(), meaning.value()));
            put(
                    key(meaning.key()),
                    entry.with(entry.name, new RecipeNode.Scalar(meaning.value(), true)));
        }
    }

    private void refuse(RecipeAlias.Refused refused, Entry entry) {
        boolean isOff =
                entry.value instanceof RecipeNode.Scalar scalar
                        && (scalar.isNothing() || OFF.contains(scalar.text()));
        if (isOff) {
            notes.add(entry.name + " is off, as it always is here.");
        } else {
            problems.add(
                    AttuneException.user(entry.name + " is not supported: " + refused.reason())
                            .at(entry.place)
                            .fix(refused.fix()));
        }
    }

    private Optional<Boolean> flag(Entry entry) {
        try {
            var reading = new RecipeType.Reading(entry.name, entry.base, notes::add);
            return Optional.of((Boolean) new RecipeType.Flag().read(entry.value, reading));
        } catch (AttuneException e) {
            problems.add(e.at(entry.place));
            return Optional.empty();
        }
    }

    private static RecipeNode not(boolean on) {
        return new RecipeNode.Scalar(Boolean.toString(!on), true);
    }

    private static RecipeKey key(String name) {
        return RecipeKeys.named(name).orElseThrow();
    }

    private void put(RecipeKey key, Entry entry) {
        named.add(key.name());
        try {
            var reading = new RecipeType.Reading(entry.name, entry.base, notes::add);
            Object value = key.type().read(entry.value, reading);
            Optional<String> expected = key.type().problem(value);
            if (expected.isPresent()) {
                throw reading.wrong(entry.value, expected.get());
            }
            keep(key, new Given(value, entry.name, entry.place));
        } catch (AttuneException e) {
            problems.add(e.at(entry.place));
        }
    }

    private void keep(RecipeKey key, Given given) {
        Given earlier = now.putIfAbsent(key.name(), given);
        if (earlier != null && !earlier.value.equals(given.value)) {
            problems.add(
                    AttuneException.user(
                                    "%s is %s as %s and %s as %s."
                                            .formatted(
                                                    key.name(),
                                                    RecipeWriter.value(earlier.value),
                                                    earlier.name,
                                                    RecipeWriter.value(given.value),
                                                    given.name))
                            .at(earlier.place + " and " + given.place)
                            .fix("Keep one of them."));
        }
    }

    /// Adds one column to those that are mapped already, by this source or an earlier one.
    private void column(String name, Entry entry) {
        RecipeKey key = key(COLUMNS);
        named.add(COLUMNS);
        try {
            var reading = new RecipeType.Reading(entry.name, entry.base, notes::add);
            Object column = new RecipeType.Text("a column").read(entry.value, reading);
            Map<String, Object> all = new LinkedHashMap<>(columns());
            Object other = now.containsKey(COLUMNS) ? all.get(name) : null;
            if (other != null && !other.equals(column)) {
                throw AttuneException.user(
                                "%s is taken from %s and from %s.".formatted(name, other, column))
                        .fix("Keep one of them.");
            }
            all.put(name, column);
            now.put(key.name(), new Given(all, entry.name, entry.place));
        } catch (AttuneException e) {
            problems.add(e.at(entry.place));
        }
    }

    private Map<String, Object> columns() {
        Map<String, Object> columns = new LinkedHashMap<>();
        Given given = now.containsKey(COLUMNS) ? now.get(COLUMNS) : before.get(COLUMNS);
        if (given != null) {
            ((Map<?, ?>) given.value).forEach((name, old) -> columns.put((String) name, old));
        }
        return columns;
    }
}
