package dev.attune.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The arguments of a call: by position, then by name.
///
/// @param positional those given by position
/// @param named those given by name
record PyArguments(List<Object> positional, Map<String, Object> named) {
    static PyArguments of(Object... positional) {
        return new PyArguments(List.of(positional), Map.of());
    }

    /// The arguments in the order of `parameters`, each of which is `name` or `name=` (optional);
    /// an absent optional one is [Absent#ABSENT].
    List<Object> bind(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw TemplateFault.type(
                    function
                            + "() takes at most "
                            + parameters.length
                            + " argument(s) ("
                            + positional.size()
                            + " given)");
        }
        Map<String, Object> rest = new HashMap<>(named);
        List<Object> bound = new ArrayList<>(parameters.length);
        for (int i = 0; i < parameters.length; i++) {
            boolean optional = parameters[i].endsWith("=");
            String name = parameters[i].replace("=", "");
            Object byName = rest.remove(name);
            if (i < positional.size()) {
                if (byName != null) {
                    throw TemplateFault.type(
                            function + "() got multiple values for argument '" + name + "'");
                }
                bound.add(positional.get(i));
            } else if (byName != null) {
                bound.add(byName);
            } else if (optional) {
                bound.add(Absent.ABSENT);
            } else {
                throw TemplateFault.type(
                        function + "() missing 1 required positional argument: '" + name + "'");
            }
        }
        if (!rest.isEmpty()) {
            throw TemplateFault.type(
                    function
                            + "() got an unexpected keyword argument '"
                            + rest.keySet().iterator().next()
                            + "'");
        }
        return bound;
    }

    /// Stands for an optional argument that was not given.
    enum Absent {
        ABSENT
    }
}
