package dev.attune.text;

import java.util.ArrayList;
import java.util.List;

/// The methods and operators that cut strings and lists: `split`, `partition`, indexes and slices.
final class PyCutting {
    private final RenderBudget budget;

    PyCutting(RenderBudget budget) {
        this.budget = budget;
    }

    /// The parts of a text, each asked for before it is kept.
    private record Parts(RenderBudget budget, List<SourcedText> all) {
        Parts(RenderBudget budget) {
            this(budget, new ArrayList<>());
        }

        void add(SourcedText part) {
            budget.make(RenderBudget.OBJECT);
            budget.make(part);
            all.add(part);
        }

        int size() {
            return all.size();
        }
    }

    /// Calls one of the methods.
    Object call(SourcedText text, String name, PyArguments given) {
        return switch (name) {
            case "splitlines" -> lines(text, given.bind(name, "keepends=").getFirst());
            case "partition", "rpartition" ->
                    partition(text, name, given.bind(name, "sep").getFirst());
            default -> split(text, name, given.bind(name, "sep=", "maxsplit="));
        };
    }

    private Object split(SourcedText text, String name, List<Object> given) {
        Object limit = given.get(1);
        long max = limit == PyArguments.Absent.ABSENT ? -1 : PyNumbers.index(limit);
        Object separator = given.getFirst();
        boolean fromRight = name.equals("rsplit");
        List<SourcedText> parts;
        if (separator == PyArguments.Absent.ABSENT || separator == PyNone.NONE) {
            parts = fromRight ? wordsFromRight(text, max) : words(text, max);
        } else {
            String by = PyStrings.string(separator, name).chars();
            if (by.isEmpty()) {
                throw TemplateFault.value("empty separator");
            }
            parts = fromRight ? splitFromRight(text, by, max) : split(text, by, max);
        }
        return PyStrings.parts(parts);
    }

    private List<SourcedText> split(SourcedText text, String by, long max) {
        Parts parts = new Parts(budget);
        int from = 0;
        int hit = PySearch.first(text.chars(), by, 0, budget);
        while (hit >= 0 && parts.size() != max) {
            parts.add(text.slice(from, hit));
            from = hit + by.length();
            hit = PySearch.first(text.chars(), by, from, budget);
        }
        parts.add(text.slice(from, text.length()));
        return parts.all();
    }

    private List<SourcedText> splitFromRight(SourcedText text, String by, long max) {
        Parts parts = new Parts(budget);
        int to = text.length();
        int hit = PySearch.last(text.chars(), by, text.length(), budget);
        while (hit >= 0 && parts.size() != max) {
            parts.add(text.slice(hit + by.length(), to));
            to = hit;
            hit =
                    hit < by.length()
                            ? -1
                            : PySearch.last(text.chars(), by, hit - by.length(), budget);
        }
        parts.add(text.slice(0, to));
        return parts.all().reversed();
    }

    private List<SourcedText> words(SourcedText text, long max) {
        Parts parts = new Parts(budget);
        int i = skip(text, 0, true);
        while (i < text.length()) {
            if (parts.size() == max) {
                parts.add(
                        text.slice(i, text.length())
                                .strip(SourcedText.Strip.RIGHT, PyChars::isSpace));
                return parts.all();
            }
            int end = skip(text, i, false);
            parts.add(text.slice(i, end));
            i = skip(text, end, true);
        }
        return parts.all();
    }

    private static int skip(SourcedText text, int from, boolean space) {
        int i = from;
        while (i < text.length() && PyChars.isSpace(text.charAt(i)) == space) {
            i++;
        }
        return i;
    }

    private List<SourcedText> wordsFromRight(SourcedText text, long max) {
        Parts parts = new Parts(budget);
        int end = text.length();
        while (true) {
            while (end > 0 && PyChars.isSpace(text.charAt(end - 1))) {
                end--;
            }
            if (end == 0) {
                break;
            }
            if (parts.size() == max) {
                parts.add(text.slice(0, end).strip(SourcedText.Strip.LEFT, PyChars::isSpace));
                break;
            }
            int start = end;
            while (start > 0 && !PyChars.isSpace(text.charAt(start - 1))) {
                start--;
            }
            parts.add(text.slice(start, end));
            end = start;
        }
        return parts.all().reversed();
    }

    private PyList lines(SourcedText text, Object keep) {
        boolean keepEnds = keep != PyArguments.Absent.ABSENT && PyNumbers.index(keep) != 0;
        Parts lines = new Parts(budget);
        int from = 0;
        int i = 0;
        while (i < text.length()) {
            if (!PyChars.isLineEnd(text.charAt(i))) {
                i++;
                continue;
            }
            boolean pair =
                    text.charAt(i) == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
            int next = i + (pair ? 2 : 1);
            lines.add(text.slice(from, keepEnds ? next : i));
            from = next;
            i = next;
        }
        if (from < text.length()) {
            lines.add(text.slice(from, text.length()));
        }
        return PyStrings.parts(lines.all());
    }

    private Object partition(SourcedText text, String name, Object separator) {
        String by = PyStrings.string(separator, name).chars();
        if (by.isEmpty()) {
            throw TemplateFault.value("empty separator");
        }
        boolean right = name.equals("rpartition");
        int hit =
                right
                        ? PySearch.last(text.chars(), by, text.length(), budget)
                        : PySearch.first(text.chars(), by, 0, budget);
        if (hit < 0) {
            return PyList.tuple(
                    right
                            ? List.of(SourcedText.EMPTY, SourcedText.EMPTY, text)
                            : List.of(text, SourcedText.EMPTY, SourcedText.EMPTY));
        }
        return PyList.tuple(
                List.of(
                        text.slice(0, hit),
                        text.slice(hit, hit + by.length()),
                        text.slice(hit + by.length(), text.length())));
    }

    /// The characters `start` to `end`, which count code points and from the end where negative.
    static SourcedText part(SourcedText text, Object start, Object end) {
        int[] range = range(text, start, end);
        return range[0] >= range[1] ? SourcedText.EMPTY : text.slice(range[0], range[1]);
    }

    /// The UTF-16 units that the code points `start` to `end` are.
    static int[] range(SourcedText text, Object start, Object end) {
        int length = text.codePoints();
        int from = clamp(start, 0, length);
        int to = clamp(end, length, length);
        return new int[] {unit(text, from), unit(text, to)};
    }

    private static int clamp(Object bound, int otherwise, int length) {
        if (bound == PyArguments.Absent.ABSENT || bound == PyNone.NONE) {
            return otherwise;
        }
        long index = PyNumbers.index(bound);
        return (int) Math.clamp(index < 0 ? index + length : index, 0L, (long) length);
    }

    private static int unit(SourcedText text, int codePoint) {
        return text.isBasic() ? codePoint : text.chars().offsetByCodePoints(0, codePoint);
    }

    /// `target[from:to:step]`; an absent bound is `None`.
    Object slice(Object target, Object from, Object to, Object step) {
        long by = step == PyNone.NONE ? 1 : PyNumbers.index(step);
        if (by == 0) {
            throw TemplateFault.value("slice step cannot be zero");
        }
        if (target instanceof SourcedText text && by == 1) {
            budget.make(RenderBudget.OBJECT + text.length() / 4);
            budget.make((long) RenderBudget.RUN * text.runs());
            return part(text, from, to).asMarkup(text.isMarkup());
        }
        List<Object> items =
                switch (PyTypes.requireDefined(target)) {
                    case SourcedText text -> PyTypes.list(text, budget);
                    case PyList list when list.kind().isSequence() -> list.items();
                    default ->
                            throw TemplateFault.type(
                                    "'" + PyTypes.name(target) + "' object is not subscriptable");
                };
        if (items instanceof PyRange range) {
            int size = range.size();
            long start = bound(from, by > 0 ? 0 : size - 1, size, by);
            long end = bound(to, by > 0 ? size : -1, size, by);
            return new PyList(PyList.Kind.RANGE, range.part(start, end, by), SourcedText.NOBODY);
        }
        List<Object> picked = picked(items, from, to, by);
        if (target instanceof SourcedText text) {
            SourcedText.Builder out = new SourcedText.Builder(picked.size());
            picked.forEach(item -> out.append((SourcedText) item));
            return out.build().asMarkup(text.isMarkup());
        }
        PyList list = (PyList) target;
        return new PyList(list.kind(), picked, list.origin());
    }

    private List<Object> picked(List<Object> items, Object from, Object to, long by) {
        int size = items.size();
        long start = bound(from, by > 0 ? 0 : size - 1, size, by);
        long end = bound(to, by > 0 ? size : -1, size, by);
        List<Object> picked = new ArrayList<>();
        for (long i = start; by > 0 ? i < end : i > end; i += by) {
            budget.items(1);
            picked.add(items.get((int) i));
        }
        return picked;
    }

    private static long bound(Object bound, long otherwise, int size, long by) {
        if (bound == PyNone.NONE) {
            return otherwise;
        }
        long index = PyNumbers.index(bound);
        long fromStart = index < 0 ? index + size : index;
        return by > 0
                ? Math.clamp(fromStart, 0L, (long) size)
                : Math.clamp(fromStart, -1L, (long) size - 1);
    }
}
