package dev.attune.text;

import java.util.ArrayList;
import java.util.BitSet;
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
                    "isidentifier",
                    "islower",
                    "isnumeric",
                    "isprintable",
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
                    "translate",
                    "upper",
                    "zfill");

    private final RenderBudget budget;
    private final PyAccess access;
    private final PyCutting cutting;

    PyStrings(RenderBudget budget, PyAccess access) {
        this.budget = budget;
        this.access = access;
        this.cutting = new PyCutting(budget);
    }

    /// Calls the method. What markup takes in it escapes, and what it gives is markup again.
    Object call(SourcedText text, String name, PyArguments given) {
        if (!text.isMarkup()) {
            return plain(text, name, given);
        }
        return PyMarkup.marked(plain(text, name, PyMarkup.given(name, given, budget)));
    }

    private Object plain(SourcedText text, String name, PyArguments given) {
        budget.make(text);
        return switch (name) {
            case "strip", "lstrip", "rstrip" -> strip(text, name, given);
            case "split", "rsplit", "splitlines", "partition", "rpartition" ->
                    cutting.call(text, name, given);
            case "startswith", "endswith" -> hasEdge(text, name, given);
            case "replace" -> replace(text, given.bind(name, "old", "new", "count="));
            case "find", "rfind", "index", "rindex" -> find(text, name, given);
            case "count" -> count(text, given.bind(name, "sub", "start=", "end="));
            case "join" -> join(text, given.bind(name, "iterable").getFirst());
            case "format" -> PyBraces.format(text, given, access, budget);
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
            case "expandtabs" -> expanded(text, given.bind(name, "tabsize=").getFirst());
            case "translate" -> translated(text, given.bind(name, "table").getFirst());
            default -> PyCases.call(text, name, given, budget);
        };
    }

    /// An argument that must be a string.
    static SourcedText string(Object value, String method) {
        if (value instanceof SourcedText text) {
            return text;
        }
        throw TemplateFault.type(method + "() argument must be str, not " + PyTypes.name(value));
    }

    private Object strip(SourcedText text, String name, PyArguments given) {
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
    SourcedText strip(SourcedText text, SourcedText.Strip ends, Object chars) {
        if (chars == PyArguments.Absent.ABSENT || chars == PyNone.NONE) {
            return text.strip(ends, PyChars::isSpace);
        }
        String set = string(chars, "strip").chars();
        if (set.length() < 8) {
            return text.strip(ends, c -> set.indexOf(c) >= 0);
        }
        budget.make(set.length());
        BitSet points = new BitSet();
        set.codePoints().forEach(points::set);
        return text.strip(ends, points::get);
    }

    private boolean hasEdge(SourcedText text, String name, PyArguments given) {
        List<Object> bound = given.bind(name, "prefix", "start=", "end=");
        budget.make(text);
        SourcedText part = PyCutting.part(text, bound.get(1), bound.get(2));
        boolean start = name.equals("startswith");
        if (bound.getFirst() instanceof PyList list && list.kind().isTuple()) {
            budget.step(list.items().size());
            return list.items().stream()
                    .map(item -> string(item, name).chars())
                    .anyMatch(edge ->
                            start ? part.chars().startsWith(edge) : part.chars().endsWith(edge));
        }
        if (!(bound.getFirst() instanceof SourcedText edge)) {
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
                        : PyNumbers.index(bound.get(2));
        return replace(text, old, with, limit);
    }

    /// `old` replaced by `with`, at most `limit` times; -1 is no limit.
    SourcedText replace(SourcedText text, SourcedText old, SourcedText with, long limit) {
        if (PySearch.first(text.chars(), old.chars(), 0, budget) < 0) {
            return text;
        }
        SourcedText.Builder out = new SourcedText.Builder(text.length());
        int from = 0;
        long done = 0;
        int hit = 0;
        while (done != limit && hit <= text.length()) {
            hit = PySearch.first(text.chars(), old.chars(), hit, budget);
            if (hit < 0) {
                break;
            }
            budget.make(with);
            budget.make(2L * RenderBudget.RUN);
            out.append(text, from, hit).append(with);
            from = hit + old.length();
            hit = old.isEmpty() ? hit + 1 : from;
            done++;
        }
        return out.append(text, Math.min(from, text.length()), text.length()).build();
    }

    private Object find(SourcedText text, String name, PyArguments given) {
        List<Object> bound = given.bind(name, "sub", "start=", "end=");
        String sub = string(bound.getFirst(), name).chars();
        int[] range = PyCutting.range(text, bound.get(1), bound.get(2));
        int hit = -1;
        if (range[0] <= range[1]) {
            budget.make(range[1] - range[0]);
            String part = text.chars().substring(range[0], range[1]);
            hit =
                    name.startsWith("r")
                            ? PySearch.last(part, sub, part.length(), budget)
                            : PySearch.first(part, sub, 0, budget);
        }
        if (hit < 0 && name.endsWith("index")) {
            throw TemplateFault.value("substring not found");
        }
        return hit < 0 ? -1L : (long) text.chars().codePointCount(0, range[0] + hit);
    }

    private Object count(SourcedText whole, List<Object> bound) {
        SourcedText sub = string(bound.getFirst(), "count");
        int[] range = PyCutting.range(whole, bound.get(1), bound.get(2));
        if (range[0] > range[1]) {
            return 0L;
        }
        SourcedText text = whole.slice(range[0], range[1]);
        if (sub.isEmpty()) {
            return (long) text.codePoints() + 1;
        }
        long count = 0;
        for (int hit = PySearch.first(text.chars(), sub.chars(), 0, budget);
                hit >= 0;
                hit = PySearch.first(text.chars(), sub.chars(), hit + sub.length(), budget)) {
            count++;
        }
        return count;
    }

    private SourcedText join(SourcedText separator, Object items) {
        SourcedText.Builder out = new SourcedText.Builder(64);
        int i = 0;
        for (Object item : PyTypes.list(items, budget)) {
            if (!(item instanceof SourcedText part)) {
                throw TemplateFault.type(
                        "sequence item "
                                + i
                                + ": expected str instance, "
                                + PyTypes.name(item)
                                + " found");
            }
            budget.make(part);
            budget.make(separator);
            if (i++ > 0) {
                out.append(separator);
            }
            out.append(part);
        }
        return out.build();
    }

    private SourcedText expanded(SourcedText text, Object size) {
        long width = size == PyArguments.Absent.ABSENT ? 8 : Math.max(0, PyNumbers.index(size));
        SourcedText.Builder out = new SourcedText.Builder(text.length());
        long column = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t') {
                int spaces = PyLayout.bounded(width == 0 ? 0 : width - column % width);
                budget.make((1L + RenderBudget.RUN) * spaces);
                out.appendFor(text, i, " ".repeat(spaces));
                column += spaces;
            } else {
                out.append(text, i, i + 1);
                column =
                        c == '\n' || c == '\r' ? 0 : column + (Character.isLowSurrogate(c) ? 0 : 1);
            }
        }
        return out.build();
    }

    private SourcedText translated(SourcedText text, Object table) {
        SourcedText.Builder out = new SourcedText.Builder(text.length());
        String chars = text.chars();
        int i = 0;
        while (i < chars.length()) {
            int c = chars.codePointAt(i);
            int next = i + Character.charCount(c);
            switch (access.item(table, (long) c)) {
                case PyNone _ -> {}
                case PyUndefined _ -> out.append(text, i, next);
                case SourcedText with -> {
                    budget.make(with);
                    out.append(with);
                }
                case Long point -> out.appendFor(text, i, PyLayout.character(point));
                default ->
                        throw TemplateFault.type(
                                "character mapping must return integer, None or str");
            }
            i = next;
        }
        return out.build();
    }

    /// Whether the text is not empty and all its code points pass.
    static boolean all(SourcedText text, IntPredicate test) {
        return !text.isEmpty() && text.chars().codePoints().allMatch(test);
    }

    /// The text with every code point mapped by `map`, which may give several characters.
    static SourcedText mapped(SourcedText text, Mapping map, RenderBudget budget) {
        SourcedText.Builder out = new SourcedText.Builder(text.length());
        String chars = text.chars();
        int i = 0;
        int from = 0;
        while (i < chars.length()) {
            int width = Character.charCount(chars.codePointAt(i));
            String before = chars.substring(i, i + width);
            String after = map.map(before, i);
            if (!after.equals(before)) {
                budget.make((1L + (text.runs() > 0 ? RenderBudget.RUN : 0)) * after.length());
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
    static SourcedText lower(SourcedText text, RenderBudget budget) {
        return mapped(text, (c, _) -> c.toLowerCase(Locale.ROOT), budget);
    }

    /// The text in upper case.
    static SourcedText upper(SourcedText text, RenderBudget budget) {
        return mapped(text, (c, _) -> c.toUpperCase(Locale.ROOT), budget);
    }

    /// The parts of a text as a list.
    static PyList parts(List<SourcedText> parts) {
        return PyList.list(new ArrayList<>(parts));
    }
}
