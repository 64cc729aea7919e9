package dev.attune.data;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a row loses when it is written in another shape, and what is only said in another way.
///
/// Not thread-safe; one object a row.
final class ShapeChanges {
    /// Said where texts become turns: nothing is lost, but the model gets other tokens.
    static final String TURNED = "texts become turns, which the model's chat template writes";

    private static final int SHOWN_CHARS = 80;

    private final List<Loss> losses = new ArrayList<>();
    private final Set<String> alterations = new LinkedHashSet<>();

    /// Something that the new row would not say any more.
    ///
    /// @param what the kind of it, equal in rows that lose the like
    /// @param value what this row loses: its field and value
    record Loss(String what, String value) {
        /// Kind and value in one line.
        String told() {
            return value.isEmpty() ? what : what + " (" + value + ")";
        }
    }

    void loses(String what, String value) {
        losses.add(new Loss(what, Quoted.plain(value, SHOWN_CHARS)));
    }

    void loses(String what, String field, JsonNode value) {
        loses(what, field + " = " + value);
    }

    /// Records that there is no such row at all.
    <T> Optional<T> cannot(String why, String value) {
        loses("the whole row: " + why, value);
        return Optional.empty();
    }

    void alters(String what) {
        alterations.add(what);
    }

    boolean turned() {
        return alterations.contains(TURNED);
    }

    List<Loss> losses() {
        return List.copyOf(losses);
    }

    Set<String> alterations() {
        return new LinkedHashSet<>(alterations);
    }
}
