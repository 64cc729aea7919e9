package dev.attune.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What methods of strings do differently on text that `safe` has marked, as markupsafe has it.
final class PyMarkup {
    /// The methods whose arguments become part of the text.
    private static final Set<String> TAKES =
            Set.of(
                    "capitalize",
                    "casefold",
                    "center",
                    "expandtabs",
                    "ljust",
                    "lower",
                    "lstrip",
                    "removeprefix",
                    "removesuffix",
                    "replace",
                    "rjust",
                    "rstrip",
                    "strip",
                    "swapcase",
                    "title",
                    "translate",
                    "upper",
                    "zfill");

    private PyMarkup() {}

    /// The arguments of a method, with texts escaped where it takes them in.
    static PyArguments given(String method, PyArguments given, RenderBudget budget) {
        if (method.equals("join") && given.positional().size() == 1) {
            List<Object> parts = new ArrayList<>();
            for (Object part : PyTypes.list(given.positional().getFirst(), budget)) {
                parts.add(TextFilters.escapedOnce(PyWriter.str(part, budget), budget));
            }
            return PyArguments.of(PyList.list(parts));
        }
        if (!TAKES.contains(method)) {
            return given;
        }
        List<Object> positional = new ArrayList<>();
        given.positional().forEach(each -> positional.add(escaped(each, budget)));
        Map<String, Object> named = new HashMap<>();
        given.named().forEach((name, each) -> named.put(name, escaped(each, budget)));
        return new PyArguments(positional, named);
    }

    private static Object escaped(Object argument, RenderBudget budget) {
        return argument instanceof SourcedText text
                ? TextFilters.escapedOnce(text, budget)
                : argument;
    }

    /// A text, or the texts of a list, marked.
    static Object marked(Object result) {
        return switch (result) {
            case SourcedText text -> text.asMarkup(true);
            case PyList list ->
                    new PyList(
                            list.kind(),
                            list.items().stream().map(PyMarkup::marked).toList(),
                            list.origin());
            default -> result;
        };
    }
}
