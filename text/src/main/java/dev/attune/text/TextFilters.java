package dev.attune.text;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The filters of strings.
final class TextFilters {
    /// The filters there are.
    static final Set<String> NAMES =
            Set.of(
                    "capitalize",
                    "center",
                    "e",
                    "escape",
                    "forceescape",
                    "indent",
                    "lower",
                    "replace",
                    "striptags",
                    "title",
                    "trim",
                    "truncate",
                    "upper",
                    "urlencode",
                    "wordcount");

    private static final String[] TRUNCATE = {"length=", "killwords=", "end=", "leeway="};
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]++");

    /// What URL encoding makes of a character at most, with a copy on the way.
    private static final long LONGEST_ENCODED = 24;

    private final RenderBudget budget;
    private final PyStrings strings;

    TextFilters(RenderBudget budget, PyStrings strings) {
        this.budget = budget;
        this.strings = strings;
    }

    /// `value | name(given)`
    Object apply(String name, Object value, PyArguments given) {
        if (name.equals("truncate") && !(value instanceof SourcedText)) {
            return untruncated(value, given.bind(name, TRUNCATE));
        }
        if (name.equals("indent")) {
            requireText(value);
        }
        SourcedText text = PyWriter.str(value, budget);
        budget.make(text);
        return switch (name) {
            case "trim" -> strings.call(text, "strip", given);
            case "lower", "upper", "capitalize" -> strings.call(text, name, given);
            case "title" -> {
                given.bind(name);
                yield PyCases.title(
                        text,
                        c -> !PyChars.isSpace(c) && "-({[<".indexOf(c) < 0,
                        c -> c.toUpperCase(Locale.ROOT),
                        budget);
            }
            case "replace" -> replace(text, given.bind(name, "old", "new", "count="));
            case "indent" -> indent(text, given.bind(name, "width=", "first=", "blank="));
            case "center" -> center(text, given.bind(name, "width="));
            case "e", "escape", "forceescape" -> {
                given.bind(name);
                yield text.isMarkup() && !name.equals("forceescape") ? text : escaped(text, budget);
            }
            case "striptags" -> {
                given.bind(name);
                budget.make(2L * text.length());
                yield SourcedText.of(stripped(text.chars()));
            }
            case "truncate" -> truncated(text, given.bind(name, TRUNCATE));
            case "urlencode" -> urlEncoded(value, text, given.bind(name));
            case "wordcount" -> {
                given.bind(name);
                Matcher words = WORD.matcher(text.chars());
                long count = 0;
                while (words.find()) {
                    count++;
                }
                yield count;
            }
            default -> throw new IllegalArgumentException(name);
        };
    }

    private SourcedText urlEncoded(Object value, SourcedText text, List<Object> none) {
        assert none.isEmpty();
        if (PyTypes.isOtherIterable(value)) {
            throw TemplateFault.limit("urlencode of anything but a text");
        }
        budget.make(LONGEST_ENCODED * text.length());
        return SourcedText.of(
                URLEncoder.encode(text.chars(), StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace("%2F", "/")
                        .replace("*", "%2A")
                        .replace("%7E", "~"));
    }

    /// What markup takes in: other markup as it is, all else escaped.
    static SourcedText escapedOnce(SourcedText text, RenderBudget budget) {
        return text.isMarkup() ? text : escaped(text, budget);
    }

    /// `&`, `<`, `>` and quotes as HTML writes them.
    static SourcedText escaped(SourcedText text, RenderBudget budget) {
        return PyStrings.mapped(
                        text,
                        (c, _) ->
                                switch (c) {
                                    case "&" -> "&amp;";
                                    case "<" -> "&lt;";
                                    case ">" -> "&gt;";
                                    case "'" -> "&#39;";
                                    case "\"" -> "&#34;";
                                    default -> c;
                                },
                        budget)
                .asMarkup(true);
    }

    private static String stripped(String text) {
        String bare = withoutTags(text);
        return String.join(" ", bare.strip().split("\\s+"))
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#34;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }

    /// Without `<...>` and comments; what has no end stays.
    private static String withoutTags(String text) {
        StringBuilder bare = new StringBuilder(text.length());
        int lastComment = text.lastIndexOf("-->");
        int lastEnd = text.lastIndexOf('>');
        int from = 0;
        for (int open = text.indexOf('<'); open >= 0; open = text.indexOf('<', from)) {
            boolean comment = text.startsWith("<!--", open) && lastComment >= open + 4;
            if (!comment && lastEnd < open) {
                break;
            }
            bare.append(text, from, open);
            from = comment ? text.indexOf("-->", open + 4) + 3 : text.indexOf('>', open) + 1;
        }
        return bare.append(text, from, text.length()).toString();
    }

    private Object replace(SourcedText text, List<Object> bound) {
        boolean unlimited =
                bound.get(2) == PyArguments.Absent.ABSENT || bound.get(2) == PyNone.NONE;
        return strings.replace(
                text,
                PyWriter.str(bound.get(0), budget),
                PyWriter.str(bound.get(1), budget),
                unlimited ? -1 : PyNumbers.index(bound.get(2)));
    }

    private static SourcedText indentation(Object width) {
        return switch (width) {
            case PyArguments.Absent _ -> SourcedText.of("    ");
            case SourcedText text -> text;
            default -> {
                long spaces = Math.max(0, PyNumbers.index(width));
                if (spaces > 10_000) {
                    throw TemplateFault.limit("an indent of " + spaces);
                }
                yield SourcedText.of(" ".repeat((int) spaces));
            }
        };
    }

    private SourcedText indent(SourcedText text, List<Object> bound) {
        SourcedText indentation = indentation(bound.getFirst());
        boolean blank = isSet(bound.get(2));
        PyList lines =
                (PyList)
                        strings.call(
                                text.plus(SourcedText.of("\n")), "splitlines", PyArguments.of());
        budget.make(text);
        SourcedText.Builder out = new SourcedText.Builder(text.length() + 64);
        if (isSet(bound.get(1))) {
            out.append(indentation);
        }
        boolean first = true;
        for (Object item : lines.items()) {
            SourcedText line = (SourcedText) item;
            if (!first) {
                out.append("\n");
                if (blank || !line.isEmpty()) {
                    budget.make(indentation);
                    out.append(indentation);
                }
            }
            first = false;
            out.append(line);
        }
        return out.build().asMarkup(text.isMarkup());
    }

    private static boolean isSet(Object flag) {
        return flag != PyArguments.Absent.ABSENT && PyTypes.truth(flag);
    }

    private Object center(SourcedText text, List<Object> bound) {
        Object width = bound.getFirst() == PyArguments.Absent.ABSENT ? 80L : bound.getFirst();
        return PyCases.pad(text, "center", PyArguments.of(width), budget);
    }

    /// What Python's `s += '\n'` and `s.splitlines()` say of anything else.
    private static void requireText(Object value) {
        if (value instanceof PyList list && list.kind() == PyList.Kind.LIST) {
            throw new TemplateFault(
                    "AttributeError", "'list' object has no attribute 'splitlines'");
        }
        if (!(PyTypes.requireDefined(value) instanceof SourcedText)) {
            throw TemplateFault.type(
                    "unsupported operand type(s) for +=: '" + PyTypes.name(value) + "' and 'str'");
        }
    }

    /// What is no text stays whole while it is short.
    private Object untruncated(Object value, List<Object> bound) {
        requireLength(number(bound.get(0), 255), end(bound.get(2)), number(bound.get(3), 5));
        if (PyTypes.length(value, budget) > number(bound.get(0), 255) + number(bound.get(3), 5)) {
            throw TemplateFault.type("can only truncate str (not \"" + PyTypes.name(value) + "\")");
        }
        return value;
    }

    private static SourcedText truncated(SourcedText text, List<Object> bound) {
        long length = number(bound.get(0), 255);
        long leeway = number(bound.get(3), 5);
        SourcedText end = end(bound.get(2));
        requireLength(length, end, leeway);
        if (text.codePoints() <= length + leeway) {
            return text;
        }
        int keep = (int) Math.min(length - end.codePoints(), text.codePoints());
        SourcedText head = text.slice(0, text.chars().offsetByCodePoints(0, keep));
        int space = head.chars().lastIndexOf(' ');
        boolean killWords = isSet(bound.get(1));
        return (killWords || space < 0 ? head : head.slice(0, space)).plus(end);
    }

    private static SourcedText end(Object given) {
        return given == PyArguments.Absent.ABSENT
                ? SourcedText.of("...")
                : PyStrings.string(given, "truncate");
    }

    private static void requireLength(long length, SourcedText end, long leeway) {
        if (length < end.codePoints()) {
            throw new TemplateFault(
                    "AssertionError", "expected length >= " + end.codePoints() + ", got " + length);
        }
        if (leeway < 0) {
            throw new TemplateFault("AssertionError", "expected leeway >= 0, got " + leeway);
        }
    }

    private static long number(Object value, long otherwise) {
        return value == PyArguments.Absent.ABSENT ? otherwise : PyNumbers.index(value);
    }
}
