package dev.attune.text;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
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

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]++");
    private static final Pattern TAG = Pattern.compile("<!--.*?-->|<[^>]*>", Pattern.DOTALL);

    private final RenderBudget budget;
    private final PyStrings strings;

    TextFilters(RenderBudget budget) {
        this.budget = budget;
        this.strings = new PyStrings(budget);
    }

    /// `value | name(given)`
    Object apply(String name, Object value, PyArguments given) {
        SourcedText text = PyWriter.str(value, budget);
        budget.make(text.length());
        return switch (name) {
            case "trim" ->
                    PyStrings.strip(
                            text, SourcedText.Strip.BOTH, given.bind(name, "chars=").getFirst());
            case "lower" -> PyStrings.lower(text);
            case "upper" -> PyStrings.upper(text);
            case "capitalize" -> PyCases.capitalize(text);
            case "title" -> PyCases.title(text, c -> !PyChars.isSpace(c) && "-({[<".indexOf(c) < 0);
            case "replace" -> replace(text, given.bind(name, "old", "new", "count="));
            case "indent" -> indent(text, given.bind(name, "width=", "first=", "blank="));
            case "center" -> center(text, given.bind(name, "width="));
            case "e", "escape" -> text.isMarkup() ? text : escaped(text);
            case "forceescape" -> escaped(text);
            case "striptags" -> SourcedText.of(stripped(text.chars()));
            case "truncate" ->
                    truncated(text, given.bind(name, "length=", "killwords=", "end=", "leeway="));
            case "urlencode" ->
                    SourcedText.of(
                            URLEncoder.encode(text.chars(), StandardCharsets.UTF_8)
                                    .replace("+", "%20")
                                    .replace("%2F", "/")
                                    .replace("*", "%2A")
                                    .replace("%7E", "~"));
            case "wordcount" -> {
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

    /// `&`, `<`, `>` and quotes as HTML writes them.
    static SourcedText escaped(SourcedText text) {
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
                                })
                .asMarkup(true);
    }

    private static String stripped(String text) {
        String bare = TAG.matcher(text).replaceAll("");
        return String.join(" ", bare.strip().split("\\s+"))
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#34;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }

    private Object replace(SourcedText text, List<Object> bound) {
        boolean unlimited =
                bound.get(2) == PyArguments.Absent.ABSENT || bound.get(2) == PyNone.NONE;
        return strings.replace(
                text,
                PyWriter.str(bound.get(0), budget),
                PyWriter.str(bound.get(1), budget),
                unlimited ? -1 : PyFormat.integer(bound.get(2), "count"));
    }

    private static SourcedText indentation(Object width) {
        return switch (width) {
            case PyArguments.Absent _ -> SourcedText.of("    ");
            case SourcedText text -> text;
            default -> {
                long spaces = Math.max(0, PyFormat.integer(width, "indent"));
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
                    budget.make(indentation.length());
                    out.append(indentation);
                }
            }
            first = false;
            out.append(line);
        }
        return out.build();
    }

    private static boolean isSet(Object flag) {
        return flag != PyArguments.Absent.ABSENT && PyTypes.truth(flag);
    }

    private Object center(SourcedText text, List<Object> bound) {
        Object width = bound.getFirst() == PyArguments.Absent.ABSENT ? 80L : bound.getFirst();
        return PyCases.pad(text, "center", PyArguments.of(width), budget);
    }

    private static SourcedText truncated(SourcedText text, List<Object> bound) {
        long length = number(bound.get(0), 255);
        long leeway = number(bound.get(3), 5);
        SourcedText end =
                bound.get(2) == PyArguments.Absent.ABSENT
                        ? SourcedText.of("...")
                        : PyStrings.string(bound.get(2), "truncate");
        if (length < end.codePoints() || leeway < 0) {
            throw new TemplateFault(
                    "AssertionError",
                    "truncate needs a length of " + end.codePoints() + " or more");
        }
        if (text.codePoints() <= length + leeway) {
            return text;
        }
        int keep = (int) Math.min(length - end.codePoints(), text.codePoints());
        SourcedText head = text.slice(0, text.chars().offsetByCodePoints(0, keep));
        int space = head.chars().lastIndexOf(' ');
        boolean killWords = isSet(bound.get(1));
        return (killWords || space < 0 ? head : head.slice(0, space)).plus(end);
    }

    private static long number(Object value, long otherwise) {
        return value == PyArguments.Absent.ABSENT ? otherwise : PyFormat.integer(value, "truncate");
    }
}
