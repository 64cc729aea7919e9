package dev.attune.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Gives a macro its arguments.
final class JinjaMacros {
    private JinjaMacros() {}

    /// Puts the arguments of a call into the macro's scope, with defaults for those not given.
    static void bind(
            String name,
            JinjaStatement.Signature signature,
            PyArguments given,
            JinjaScope scope,
            JinjaEvaluator evaluator) {
        List<String> names = signature.names();
        Map<String, Object> named = new LinkedHashMap<>(given.named());
        int firstDefault = names.size() - signature.defaults().size();
        for (int i = 0; i < names.size(); i++) {
            String parameter = names.get(i);
            if (i < given.positional().size()) {
                scope.set(parameter, given.positional().get(i));
                continue;
            }
            Object byName = named.remove(parameter);
            if (byName != null) {
                scope.set(parameter, byName);
            } else if (i >= firstDefault) {
                scope.set(
                        parameter,
                        evaluator.value(signature.defaults().get(i - firstDefault), scope));
            } else {
                scope.set(
                        parameter,
                        PyUndefined.of("parameter '" + parameter + "' was not provided"));
            }
        }
        rest(name, signature, given, named, scope);
    }

    private static void rest(
            String name,
            JinjaStatement.Signature signature,
            PyArguments given,
            Map<String, Object> named,
            JinjaScope scope) {
        List<String> names = signature.names();
        if (signature.specials().contains("caller") && !names.contains("caller")) {
            Object caller = named.remove("caller");
            scope.set("caller", caller == null ? PyUndefined.of("No caller defined") : caller);
        }
        if (signature.specials().contains("kwargs")) {
            Map<Object, Object> kwargs = new LinkedHashMap<>();
            named.forEach((key, value) -> kwargs.put(SourcedText.of(key), value));
            scope.set("kwargs", PyDict.of(kwargs));
        } else if (named.containsKey("caller")) {
            throw TemplateFault.type(
                    "macro "
                            + shown(name)
                            + " was invoked with two values for the special caller argument. This"
                            + " is most likely a bug.");
        } else if (!named.isEmpty()) {
            throw TemplateFault.type(
                    "macro "
                            + shown(name)
                            + " takes no keyword argument '"
                            + named.keySet().iterator().next()
                            + "'");
        }
        int extra = given.positional().size() - names.size();
        if (signature.specials().contains("varargs")) {
            scope.set(
                    "varargs",
                    PyList.tuple(
                            extra > 0
                                    ? new ArrayList<>(
                                            given.positional()
                                                    .subList(
                                                            names.size(),
                                                            given.positional().size()))
                                    : List.of()));
        } else if (extra > 0) {
            throw TemplateFault.type(
                    "macro "
                            + shown(name)
                            + " takes not more than "
                            + names.size()
                            + " argument(s)");
        }
    }

    private static String shown(String name) {
        return name.isEmpty() ? "None" : "'" + name + "'";
    }
}
