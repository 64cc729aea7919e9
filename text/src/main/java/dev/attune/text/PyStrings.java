package dev.attune.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;

/// The methods of Python's strings, keeping the source of every character.
final class PyStrings {
    /// The methods there are.
    static final Set<String> NAMES =
            Set.of(
                    "capitalize",
                    "casefold",
                    "center",
                    "count",
                    "endswith",
                    "expandtabs",
                    "find",
                    "format",
                    "index",
                    "isalnum",
                    "isalpha",
                    "isascii",
                    "isdecimal",
                    "isdigit",
                    "islower",
                    "isnumeric",
                    "isspace",
                    "istitle",
                    "isupper",
                    "join",
                    "ljust",
                    "lower",
                    "lstrip",
                    "partition",
                    "removeprefix",
                    "removesuffix",
                    "replace",
                    "rfind",
                    "rindex",
                    "rjust",
                    "rpartition",
                    "rsplit",
                    "rstrip",
                    "split",
                    "splitlines",
                    "startswith",
                    "strip",
                    "swapcase",
                    "title",
                    "upper",
                    "zfill");

    private final RenderBudget budget;
    private final PyCutting cutting;

    PyStrings(RenderBudget budget) {
        this.budget = budget;
        this.cutting = new PyCutting(budget);
    }

    /// Calls the method.
    Object call(SourcedText text, String name, PyArguments given) {
        budget.make(text.length());
        return switch (name) {
            case "strip", "lstrip", "rstrip" -> strip(text, name, given);
            case "split", "rsplit", "splitlines", "partition", "rpartition" ->
                    cutting.call(text, name, given);
            case "startswith", "endswith" -> hasEdge(text, name, given);
            case "replace" -> replace(text, given.bind(name, "old", "new", "count="));
            case "find", "rfind", "index", "rindex" -> find(text, name, given);
            case "count" -> count(text, string(given.bind(name, "sub").getFirst(), name));
            case "join" -> join(text, given.bind(name, "iterable").getFirst());
            case "format" -> PyFormat.braces(text, given, budget);
            case "center", "ljust", "rjust", "zfill" -> PyCases.pad(text, name, given, budget);
            case "removeprefix" -> {
                String prefix = string(given.bind(name, "prefix").getFirst(), name).chars();
                yield text.chars().startsWith(prefix)
                        ? text.slice(prefix.length(), text.length())
                        : text;
            }
            case "removesuffix" -> {
                String suffix = string(given.bind(name, "suffix").getFirst(), name).chars();
                yield text.chars().endsWith(suffix)
                        ? text.slice(0, text.length() - suffix.length())
                        : text;
            }
            case "expandtabs" ->
                    replace(text, List.of(SourcedText.of("\t"), SourcedText.of(" ".repeat(8))));
            default -> PyCases.call(text, name, given, budget);
        };
    }

    /// An argument that must be a string.
    static SourcedText string(Object value, String method) {
        if (PyTypes.requireDefined(value) instanceof SourcedText text) {
            return text;
        }
        throw TemplateFault.type(method + "() argument must be str, not " + PyTypes.name(value));
    }

    private static Object strip(SourcedText text, String name, PyArguments given) {
        Object chars = given.bind(name, "chars=").getFirst();
        SourcedText.Strip ends =
                switch (name) {
                    case "lstrip" -> SourcedText.Strip.LEFT;
                    case "rstrip" -> SourcedText.Strip.RIGHT;
                    default -> SourcedText.Strip.BOTH;
                };
        return strip(text, ends, chars);
    }

    /// Without the characters of `chars` at the ends; white space where it is absent or `None`.
    static SourcedText strip(SourcedText text, SourcedText.Strip ends, Object chars) {
        if (chars == PyArguments.Absent.ABSENT || chars == PyNone.NONE) {
            return text.strip(ends, PyChars::isSpace);
        }
        String set = string(chars, "strip").chars();
        return text.strip(ends, c -> set.indexOf(c) >= 0);
    }

    private static boolean hasEdge(SourcedText text, String name, PyArguments given) {
        List<Object> bound = given.bind(name, "prefix", "start=", "end=");
        SourcedText part = PyCutting.part(text, bound.get(1), bound.get(2));
        boolean start = name.equals("startswith");
        if (bound.getFirst() instanceof PyList list && list.kind() == PyList.Kind.TUPLE) {
            return list.items().stream()
                    .map(item -> string(item, name).chars())
                    .anyMatch(edge ->
                            start ? part.chars().startsWith(edge) : part.chars().endsWith(edge));
        }
        if (!(PyTypes.requireDefined(bound.getFirst()) instanceof SourcedText edge)) {
            throw TemplateFault.type(
                    name
                            + " first arg must be str or a tuple of str, not "
                            + PyTypes.name(bound.getFirst()));
        }
        return start ? part.chars().startsWith(edge.chars()) : part.chars().endsWith(edge.chars());
    }

    private SourcedText replace(SourcedText text, List<Object> bound) {
        SourcedText old = string(bound.get(0), "replace");
        SourcedText with = string(bound.get(1), "replace");
        long limit =
                bound.size() < 3 || bound.get(2) == PyArguments.Absent.ABSENT
                        ? -1
                        : PyFormat.integer(bound.get(2), "replace");
        return replace(text, old, with, limit);
    }

    /// `old` replaced by `with`, at most `limit` times; -1 is no limit.
    SourcedText replace(SourcedText text, SourcedText old, SourcedText with, long limit) {
        if (!text.chars().contains(old.chars())) {
            return text;
        }
        SourcedText.Builder out = new SourcedText.Builder(text.length());
        int from = 0;
        long done = 0;
        int hit = 0;
        while (done != limit && hit <= text.length()) {
            hit = text.chars().indexOf(old.chars(), hit);
            if (hit < 0) {
                break;
            }
            budget.make(with.length() + 1L);
            out.append(text, from, hit).append(with);
            from = hit + old.length();
            hit = old.isEmpty() ? hit + 1 : from;
            done++;
        }
        return out.append(text, Math.min(from, text.length()), text.length()).build();
    }

    private static Object find(SourcedText text, String name, PyArguments given) {
        List<Object> bound = given.bind(name, "sub", "start=", "end=");
        String sub = string(bound.getFirst(), name).chars();
        int[] range = PyCutting.range(text, bound.get(1), bound.get(2));
        String part = text.chars().substring(range[0], Math.max(range[0], range[1]));
        int hit = name.startsWith("r") ? part.lastIndexOf(sub) : part.indexOf(sub);
        if (hit < 0 && name.endsWith("index")) {
            throw TemplateFault.value("substring not found");
        }
        return hit < 0 ? -1L : (long) text.chars().codePointCount(0, range[0] + hit);
    }

    private static Object count(SourcedText text, SourcedText sub) {
        if (sub.isEmpty()) {
            return (long) text.codePoints() + 1;
        }
        long count = 0;
        for (int hit = text.chars().indexOf(sub.chars());
                hit >= 0;
                hit = text.chars().indexOf(sub.chars(), hit + sub.length())) {
            count++;
        }
        return count;
    }

    private SourcedText join(SourcedText separator, Object items) {
        SourcedText.Builder out = new SourcedText.Builder(64);
        int i = 0;
        for (Object item : PyTypes.list(items, budget)) {
            if (!(item instanceof SourcedText part)) {
                PyTypes.requireDefined(item);
                throw TemplateFault.type(
                        "sequence item "
                                + i
                                + ": expected str instance, "
                                + PyTypes.name(item)
                                + " found");
            }
            budget.make(part.length() + (long) separator.length());
            if (i++ > 0) {
                out.append(separator);
            }
            out.append(part);
        }
        return out.build();
    }

    /// Whether the text is not empty and all its code points pass.
    static boolean all(SourcedText text, IntPredicate test) {
        return !text.isEmpty() && text.chars().codePoints().allMatch(test);
    }

    /// The text with every code point mapped by `map`, which may give several characters.
    static SourcedText mapped(SourcedText text, Mapping map) {
        SourcedText.Builder out = new SourcedText.Builder(text.length());
        String chars = text.chars();
        int i = 0;
        int from = 0;
        while (i < chars.length()) {
            int width = Character.charCount(chars.codePointAt(i));
            String before = chars.substring(i, i + width);
            String after = map.map(before, i);
            if (!after.equals(before)) {
                out.append(text, from, i).appendFor(text, i, after);
                from = i + width;
            }
            i += width;
        }
        return out.append(text, from, chars.length()).build();
    }

    /// What becomes of a character.
    interface Mapping {
        /// The characters that replace `character`, which stands at `at`.
        String map(String character, int at);
    }

    /// The text in lower case.
    static SourcedText lower(SourcedText text) {
        return mapped(text, (c, _) -> c.toLowerCase(Locale.ROOT));
    }

    /// The text in upper case.
    static SourcedText upper(SourcedText text) {
        return mapped(text, (c, _) -> c.toUpperCase(Locale.ROOT));
    }

    /// The parts of a text as a list.
    static PyList parts(List<SourcedText> parts) {
        return PyList.list(new ArrayList<>(parts));
    }
}
