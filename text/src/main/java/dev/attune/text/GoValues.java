package dev.attune.text;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The values of a template in Go's language: texts, whole numbers, truth values, lists, maps and
/// nothing.
final class GoValues {
    /// What a field that is not there gives.
    static final Nothing NOTHING = Nothing.NOTHING;

    private GoValues() {}

    enum Nothing {
        NOTHING
    }

    static boolean isTrue(Object value) {
        return switch (value) {
            case Boolean truth -> truth;
            case String text -> !text.isEmpty();
            case Long number -> number != 0;
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> false;
        };
    }

    /// What is written of it.
    static String shown(Object value) {
        return switch (value) {
            case List<?> list ->
                    list.stream().map(GoValues::shown).collect(Collectors.joining(" ", "[", "]"));
            case String text -> text;
            case Boolean truth -> truth.toString();
            case Long number -> number.toString();
            case Map<?, ?> map ->
                    map.entrySet().stream()
                            .map(e -> shown(e.getKey()) + ":" + shown(e.getValue()))
                            .sorted()
                            .collect(Collectors.joining(" ", "map[", "]"));
            default -> "<no value>";
        };
    }

    /// A field of a map; a map of the data gives nothing for what it has not.
    static Object field(Object of, String name) {
        if (of instanceof Map<?, ?> map) {
            return map.containsKey(name) ? map.get(name) : NOTHING;
        }
        throw GoFault.rendering("." + name + " of " + shown(of));
    }
}
