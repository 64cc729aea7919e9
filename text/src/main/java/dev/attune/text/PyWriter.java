package dev.attune.text;

import java.util.LinkedHashMap;
import java.util.Map;

/// Writes values as Python's `str` and `repr` do, every character with its source.
final class PyWriter {
    private static final int MAX_DEPTH = 200;

    /// What the quotes, brackets, names and commas of a value count.
    private static final int OVERHEAD = 16;

    private final RenderBudget budget;
    private final SourcedText.Builder out;

    private PyWriter(RenderBudget budget) {
        this.budget = budget;
        this.out = new SourcedText.Builder(64);
    }

    /// `str(value)`; what does not exist is nothing.
    static SourcedText str(Object value, RenderBudget budget) {
        return switch (value) {
            case SourcedText text -> text;
            case PyUndefined _ -> SourcedText.EMPTY;
            default -> repr(value, budget);
        };
    }

    /// `repr(value)`
    static SourcedText repr(Object value, RenderBudget budget) {
        PyWriter writer = new PyWriter(budget);
        writer.write(value, SourcedText.NOBODY, 0);
        return writer.out.build();
    }

    /// `ascii(value)`
    static SourcedText ascii(Object value, RenderBudget budget) {
        return PyStrings.mapped(
                repr(value, budget),
                (c, _) -> c.codePointAt(0) < 0x80 ? c : escaped(c.codePointAt(0)),
                budget);
    }

    private void write(Object value, int source, int depth) {
        if (depth > MAX_DEPTH) {
            throw TemplateFault.limit("values are nested deeper than " + MAX_DEPTH + " levels");
        }
        budget.make(OVERHEAD);
        switch (value) {
            case SourcedText text -> text(text);
            case PyNone _ -> out.append("None", source, 0);
            case PyUndefined _ -> out.append("Undefined", source, 0);
            case PyList list -> list(list, depth);
            case PyDict dict -> dict(dict, depth);
            case PyNamespace namespace -> {
                out.append("<Namespace ");
                Map<Object, Object> entries = new LinkedHashMap<>();
                namespace.attributes().forEach((k, v) -> entries.put(SourcedText.of(k), v));
                dict(PyDict.of(entries), depth);
                out.append(">");
            }
            case PyIterator iterator ->
                    out.append("<" + iterator.typeName() + " object>", source, 0);
            case PyCallable callable -> out.append(callable.repr(), source, 0);
            default -> {
                String number = PyNumbers.text(value);
                budget.make(number.length());
                out.append(number, source, 0);
            }
        }
    }

    private void list(PyList list, int depth) {
        String open =
                switch (list.kind()) {
                    case LIST -> "[";
                    case TUPLE, GROUP -> "(";
                    case KEYS, VALUES, ITEMS -> list.kind().typeName() + "([";
                    case RANGE -> list.items().toString();
                };
        out.append(open, list.origin(), 0);
        if (list.kind() == PyList.Kind.RANGE) {
            return;
        }
        boolean first = true;
        for (Object item : list.items()) {
            if (!first) {
                out.append(", ", list.origin(), 0);
            }
            first = false;
            write(item, list.origin(), depth + 1);
        }
        String close =
                switch (list.kind()) {
                    case LIST -> "]";
                    case TUPLE, GROUP -> list.items().size() == 1 ? ",)" : ")";
                    case KEYS, VALUES, ITEMS, RANGE -> "])";
                };
        out.append(close, list.origin(), 0);
    }

    private void dict(PyDict dict, int depth) {
        out.append("{", dict.origin(), 0);
        boolean first = true;
        for (Map.Entry<Object, Object> entry : dict.entries().entrySet()) {
            if (!first) {
                out.append(", ", dict.origin(), 0);
            }
            first = false;
            write(entry.getKey(), dict.origin(), depth + 1);
            out.append(": ", dict.origin(), 0);
            write(entry.getValue(), dict.origin(), depth + 1);
        }
        out.append("}", dict.origin(), 0);
    }

    private void text(SourcedText text) {
        if (text.isMarkup()) {
            out.append("Markup(");
            text(text.asMarkup(false));
            out.append(")");
            return;
        }
        String chars = text.chars();
        budget.make(text);
        char quote = chars.indexOf('\'') >= 0 && chars.indexOf('"') < 0 ? '"' : '\'';
        int edge = text.runs() == 0 ? SourcedText.NOBODY : text.source(0);
        out.append(String.valueOf(quote), edge, 0);
        int from = 0;
        int i = 0;
        while (i < chars.length()) {
            int c = chars.codePointAt(i);
            int width = Character.charCount(c);
            String escape = escape(c, quote);
            if (!escape.isEmpty()) {
                budget.make((1L + RenderBudget.RUN) * escape.length());
                out.append(text, from, i);
                out.appendFor(text, i, escape);
                from = i + width;
            }
            i += width;
        }
        out.append(text, from, chars.length());
        out.append(String.valueOf(quote), edge, 0);
    }

    private static String escaped(int c) {
        return c < 0x100
                ? String.format("\\x%02x", c)
                : c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c);
    }

    private static String escape(int c, char quote) {
        return switch (c) {
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> {
                if (c == quote) {
                    yield "\\" + quote;
                }
                if (PyChars.isPrintable(c)) {
                    yield "";
                }
                yield escaped(c);
            }
        };
    }
}
