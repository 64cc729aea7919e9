package dev.attune.train;

import dev.attune.base.AttuneException;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Which layers a key of a recipe names: by the ends of their paths, or by one expression.
///
/// @param names `q_proj`, `self_attn.q_proj`; empty if a pattern decides
/// @param pattern a regular expression that a whole path must match, or `all-linear`
public record RecipeModules(List<String> names, Optional<String> pattern) {
    // Above the constants, which are checked with it.
    private static final Pattern WORDS = Pattern.compile("[\\w.]+(\\s*,\\s*[\\w.]+)*");

    /// Every linear layer below the head.
    public static final RecipeModules ALL_LINEAR = pattern("all-linear");

    /// No layer.
    public static final RecipeModules NONE = new RecipeModules(List.of(), Optional.empty());

    /// Checks the expression.
    ///
    /// @throws AttuneException if it is none, or if there are names as well
    public RecipeModules {
        names = List.copyOf(names);
        if (!names.isEmpty() && pattern.isPresent()) {
            throw AttuneException.user("Layers are given by names and by a pattern.")
                    .fix("Give one of them.");
        }
        pattern.ifPresent(RecipeModules::check);
    }

    /// The layers of these names.
    public static RecipeModules names(String... names) {
        return new RecipeModules(List.of(names), Optional.empty());
    }

    /// The layers whose paths match.
    public static RecipeModules pattern(String pattern) {
        return new RecipeModules(List.of(), Optional.of(pattern));
    }

    /// What one text means: `q_proj,v_proj` are names, `all` is `all-linear`, else it is a pattern.
    public static RecipeModules of(String text) {
        if (text.equals("all")) {
            return pattern("all-linear");
        }
        return WORDS.matcher(text).matches()
                ? new RecipeModules(Arrays.asList(text.split("\\s*,\\s*")), Optional.empty())
                : pattern(text);
    }

    /// Whether every linear layer below the head is meant.
    public boolean isAllLinear() {
        return pattern.filter("all-linear"::equals).isPresent();
    }

    private static void check(String pattern) {
        if (WORDS.matcher(pattern).matches()) {
            throw AttuneException.user("The pattern " + pattern + " is a name.")
                    .fix("Give it in a list.");
        }
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw AttuneException.user(
                            "%s is no regular expression: %s."
                                    .formatted(pattern, e.getDescription()))
                    .fix("Correct it, or give the ends of the layers' names in a list.")
                    .causedBy(e);
        }
    }
}
