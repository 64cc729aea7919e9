package dev.attune.train;

import java.util.Optional;

/// A row of [RecipeAliases]: what a key of another tool means here.
///
/// @param name the other tool's word
/// @param tool whose word it is
/// @param meaning what becomes of it
record RecipeAlias(String name, String tool, Meaning meaning) {
    /// What becomes of a key of another tool.
    sealed interface Meaning {}

    /// It is this key by another name.
    record Same(String key) implements Meaning {}

    /// It is a flag that says the opposite.
    record Opposite(String key) implements Meaning {}

    /// When true it is this key with that value, when false it says nothing.
    record WhenTrue(String key, String value) implements Meaning {}

    /// It names the column that is taken as this one.
    record Column(String name) implements Meaning {}

    /// It has no counterpart, and leaving it out would change the run.
    record Refused(String reason, String fix) implements Meaning {}

    /// It has no counterpart and needs none.
    record Ignored(String reason) implements Meaning {}

    /// The row whose third column is `what`.
    static RecipeAlias of(String name, String tool, String what) {
        return new RecipeAlias(name, tool, meaning(what));
    }

    /// The key it stands for, if it does for one.
    Optional<String> key() {
        return switch (meaning) {
            case Same same -> Optional.of(same.key);
            case Opposite opposite -> Optional.of(opposite.key);
            case WhenTrue flag -> Optional.of(flag.key);
            case Column _ -> Optional.of("columns");
            case Refused _, Ignored _ -> Optional.empty();
        };
    }

    private static Meaning meaning(String what) {
        if (what.startsWith("refused: ")) {
            int arrow = what.indexOf(" -> ");
            return new Refused(
                    what.substring("refused: ".length(), arrow), what.substring(arrow + 4));
        }
        if (what.startsWith("ignored: ")) {
            return new Ignored(what.substring("ignored: ".length()));
        }
        if (what.startsWith("column ")) {
            return new Column(what.substring("column ".length()));
        }
        if (what.startsWith("not ")) {
            return new Opposite(what.substring("not ".length()));
        }
        int equals = what.indexOf(" = ");
        return equals < 0
                ? new Same(what)
                : new WhenTrue(what.substring(0, equals), what.substring(equals + 3));
    }
}
