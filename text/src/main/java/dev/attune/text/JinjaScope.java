package dev.attune.text;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/// The variables of a block, in front of those around it. Not for several threads.
final class JinjaScope {
    private enum Mark {
        HIDDEN
    }

    private final @Nullable JinjaScope outer;
    private final Map<String, Object> variables = new HashMap<>(8);

    JinjaScope(@Nullable JinjaScope outer) {
        this.outer = outer;
    }

    /// The variable's value; null where there is none.
    @Nullable Object find(String name) {
        for (JinjaScope scope = this; scope != null; scope = scope.outer) {
            Object value = scope.variables.get(name);
            if (value != null) {
                return value == Mark.HIDDEN ? null : value;
            }
        }
        return null;
    }

    /// Makes the variable of that name in the blocks around this one unseen.
    void hide(String name) {
        variables.put(name, Mark.HIDDEN);
    }

    /// Sets the variable in this block.
    void set(String name, Object value) {
        variables.put(name, value);
    }
}
