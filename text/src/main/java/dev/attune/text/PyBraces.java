package dev.attune.text;

import java.util.Optional;

/// Python's `'{} and {name!r:>8}'.format(...)` as the sandbox runs it: what a field looks into goes
/// through the same gate as any other attribute of the template.
final class PyBraces {
    private static final int MAX_NESTING = 2;

    private final PyArguments given;
    private final PyAccess access;
    private final RenderBudget budget;
    private final boolean markup;
    private int automatic;
    private boolean numbered;

    private PyBraces(PyArguments given, PyAccess access, RenderBudget budget, boolean markup) {
        this.given = given;
        this.access = access;
        this.budget = budget;
        this.markup = markup;
    }

    /// `text.format(...)`
    static SourcedText format(
            SourcedText text, PyArguments given, PyAccess access, RenderBudget budget) {
        return new PyBraces(given, access, budget, text.isMarkup())
                .run(text, MAX_NESTING)
                .asMarkup(text.isMarkup());
    }

    private SourcedText run(SourcedText text, int nesting) {
        if (nesting < 0) {
            throw TemplateFault.value("Max string recursion exceeded");
        }
        SourcedText.Builder out = new SourcedText.Builder(text.length() + 16);
        String chars = text.chars();
        int at = 0;
        while (at < chars.length()) {
            char c = chars.charAt(at);
            if (c != '{' && c != '}') {
                int next = at;
                while (next < chars.length() && "{}".indexOf(chars.charAt(next)) < 0) {
                    next++;
                }
                out.append(text, at, next);
                at = next;
                continue;
            }
            if (at + 1 < chars.length() && chars.charAt(at + 1) == c) {
                out.append(text, at, at + 1);
                at += 2;
                continue;
            }
            if (c == '}' || at + 1 == chars.length()) {
                throw TemplateFault.value("Single '" + c + "' encountered in format string");
            }
            int close = close(chars, at + 1);
            budget.make(close - at);
            SourcedText field = field(text.slice(at + 1, close), nesting);
            budget.step();
            budget.make(field);
            out.append(field);
            at = close + 1;
        }
        return out.build();
    }

    /// Where the field that starts at `from` ends.
    private static int close(String chars, int from) {
        int depth = 1;
        boolean bracket = false;
        for (int i = from; i < chars.length(); i++) {
            char c = chars.charAt(i);
            if (c == '[') {
                bracket = true;
            } else if (c == ']') {
                bracket = false;
            } else if (!bracket && c == '{') {
                depth++;
            } else if (!bracket && c == '}' && --depth == 0) {
                return i;
            }
        }
        throw TemplateFault.value("expected '}' before end of string");
    }

    private SourcedText field(SourcedText field, int nesting) {
        String chars = field.chars();
        int end = nameEnd(chars);
        String name = chars.substring(0, end);
        char conversion = 0;
        if (end < chars.length() && chars.charAt(end) == '!') {
            if (end + 1 == chars.length()) {
                throw TemplateFault.value("unmatched '{' in format spec");
            }
            conversion = chars.charAt(end + 1);
            end += 2;
            if (end < chars.length() && chars.charAt(end) != ':') {
                throw TemplateFault.value("expected ':' after conversion specifier");
            }
        }
        Object value = value(name);
        value =
                switch (conversion) {
                    case 0 -> value;
                    case 's' -> PyWriter.str(value, budget);
                    case 'r' -> PyWriter.repr(value, budget);
                    case 'a' -> PyWriter.ascii(value, budget);
                    default ->
                            throw TemplateFault.value("Unknown conversion specifier " + conversion);
                };
        SourcedText spec =
                end < chars.length()
                        ? run(field.slice(end + 1, field.length()), nesting - 1)
                        : SourcedText.EMPTY;
        if (markup && value instanceof SourcedText text && text.isMarkup()) {
            return PyFieldSpec.format(text, spec.chars(), budget);
        }
        SourcedText written = PyFieldSpec.format(value, spec.chars(), budget);
        return markup ? TextFilters.escaped(written, budget) : written;
    }

    private static int nameEnd(String field) {
        boolean bracket = false;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '{') {
                throw TemplateFault.value("unexpected '{' in field name");
            }
            if (c == '[') {
                bracket = true;
            } else if (c == ']') {
                bracket = false;
            } else if (!bracket && (c == ':' || c == '!')) {
                return i;
            }
        }
        return field.length();
    }

    private Object value(String name) {
        int end = 0;
        while (end < name.length() && ".[".indexOf(name.charAt(end)) < 0) {
            end++;
        }
        Object value = first(name.substring(0, end));
        int at = end;
        while (at < name.length()) {
            char c = name.charAt(at);
            int next = at + 1;
            if (c == '.') {
                while (next < name.length() && ".[".indexOf(name.charAt(next)) < 0) {
                    next++;
                }
                budget.step();
                value = access.attribute(value, part(name, at + 1, next));
                at = next;
            } else if (c == '[') {
                next = name.indexOf(']', at);
                if (next < 0) {
                    throw TemplateFault.value("Missing ']' in format string");
                }
                String key = part(name, at + 1, next);
                Optional<Long> index = index(key);
                value = access.item(value, index.isPresent() ? index.get() : SourcedText.of(key));
                at = next + 1;
            } else {
                throw TemplateFault.value(
                        "Only '.' or '[' may follow ']' in format field specifier");
            }
        }
        return value;
    }

    private static String part(String name, int from, int to) {
        if (from == to) {
            throw TemplateFault.value("Empty attribute in format string");
        }
        return name.substring(from, to);
    }

    private Object first(String name) {
        boolean auto = name.isEmpty();
        Optional<Long> written = index(name);
        if (auto || written.isPresent()) {
            if (auto && numbered) {
                throw TemplateFault.value(
                        "cannot switch from manual field specification to automatic field"
                                + " numbering");
            }
            if (!auto && automatic > 0) {
                throw TemplateFault.value(
                        "cannot switch from manual field specification to automatic field"
                                + " numbering");
            }
            numbered = !auto;
            long index = auto ? automatic++ : written.orElseThrow();
            if (index >= given.positional().size()) {
                throw new TemplateFault("IndexError", "tuple index out of range");
            }
            return given.positional().get((int) index);
        }
        Object value = given.named().get(name);
        if (value == null) {
            throw new TemplateFault(
                    "KeyError", PyWriter.repr(SourcedText.of(name), budget).chars());
        }
        return value;
    }

    private static Optional<Long> index(String name) {
        boolean digits = !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits) {
            return Optional.empty();
        }
        if (name.length() > 15) {
            throw TemplateFault.value("Too many decimal digits in format string");
        }
        return Optional.of(Long.parseLong(name));
    }
}
