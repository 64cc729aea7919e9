package dev.attune.text;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Writes values as Python's `json.dumps` does, every character with its source.
final class PyJson {
    private static final int MAX_DEPTH = 200;

    /// What the quotes, brackets and small numbers of a value count.
    private static final int OVERHEAD = 16;

    private final Style style;
    private final RenderBudget budget;
    private final SourcedText.Builder out = new SourcedText.Builder(256);

    private PyJson(Style style, RenderBudget budget) {
        this.style = style;
        this.budget = budget;
    }

    /// How it is laid out.
    ///
    /// @param indent what one level is indented by; null: all on one line
    /// @param itemSeparator between elements
    /// @param keySeparator between a key and its value
    /// @param sortKeys whether keys come in order
    /// @param asciiOnly whether other characters are escaped
    record Style(
            @Nullable String indent,
            String itemSeparator,
            String keySeparator,
            boolean sortKeys,
            boolean asciiOnly) {
        /// What `json.dumps` does when not told otherwise, but for `ensure_ascii=False`.
        static final Style PLAIN = new Style(null, ", ", ": ", false, false);
    }

    /// The value as JSON.
    static SourcedText dumps(Object value, Style style, RenderBudget budget) {
        PyJson json = new PyJson(style, budget);
        json.write(value, SourcedText.NOBODY, 0);
        return json.out.build();
    }

    private void write(Object value, int source, int depth) {
        if (depth > MAX_DEPTH) {
            throw TemplateFault.limit("values are nested deeper than " + MAX_DEPTH + " levels");
        }
        budget.make(OVERHEAD);
        switch (value) {
            case SourcedText text -> text(text);
            case PyNone _ -> out.append("null", source, 0);
            case Boolean bool -> out.append(bool ? "true" : "false", source, 0);
            case Long number -> out.append(number.toString(), source, 0);
            case BigInteger number -> {
                budget.make(number.bitLength());
                out.append(PyNumbers.decimal(number), source, 0);
            }
            case Double number -> out.append(real(number), source, 0);
            case PyList list when isSequence(list) -> list(list, depth);
            case PyDict dict -> dict(dict, depth);
            default ->
                    throw TemplateFault.type(
                            "Object of type " + PyTypes.name(value) + " is not JSON serializable");
        }
    }

    private static boolean isSequence(PyList list) {
        return list.kind() == PyList.Kind.LIST || list.kind().isTuple();
    }

    private static String real(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        return PyNumbers.text(value);
    }

    private void list(PyList list, int depth) {
        if (list.items().isEmpty()) {
            out.append("[]", list.origin(), 0);
            return;
        }
        out.append("[", list.origin(), 0);
        boolean first = true;
        for (Object item : list.items()) {
            separate(first, list.origin(), depth + 1);
            first = false;
            write(item, list.origin(), depth + 1);
        }
        line(list.origin(), depth);
        out.append("]", list.origin(), 0);
    }

    private void dict(PyDict dict, int depth) {
        if (dict.entries().isEmpty()) {
            out.append("{}", dict.origin(), 0);
            return;
        }
        out.append("{", dict.origin(), 0);
        boolean first = true;
        for (Map.Entry<Object, Object> entry : entries(dict)) {
            separate(first, dict.origin(), depth + 1);
            first = false;
            text(key(entry.getKey()));
            budget.make(style.keySeparator().length());
            out.append(style.keySeparator(), dict.origin(), 0);
            write(entry.getValue(), dict.origin(), depth + 1);
        }
        line(dict.origin(), depth);
        out.append("}", dict.origin(), 0);
    }

    private Iterable<Map.Entry<Object, Object>> entries(PyDict dict) {
        if (!style.sortKeys()) {
            return dict.entries().entrySet();
        }
        budget.items(dict.entries().size());
        List<Map.Entry<Object, Object>> sorted = new ArrayList<>(dict.entries().entrySet());
        sorted.sort((a, b) -> PyTypes.compare(a.getKey(), b.getKey(), "<", budget));
        return sorted;
    }

    private static SourcedText key(Object key) {
        return switch (key) {
            case SourcedText text -> text;
            case PyNone _ -> SourcedText.of("null");
            case Boolean bool -> SourcedText.of(bool ? "true" : "false");
            case Double number -> SourcedText.of(real(number));
            case Long number -> SourcedText.of(number.toString());
            case BigInteger number -> SourcedText.of(number.toString());
            default ->
                    throw TemplateFault.type(
                            "keys must be str, int, float, bool or None, not " + PyTypes.name(key));
        };
    }

    private void separate(boolean first, int source, int depth) {
        if (!first) {
            budget.make(style.itemSeparator().length());
            out.append(style.itemSeparator(), source, 0);
        }
        line(source, depth);
    }

    private void line(int source, int depth) {
        String indent = style.indent();
        if (indent != null) {
            budget.make((long) indent.length() * depth);
            out.append("\n" + indent.repeat(depth), source, 0);
        }
    }

    private void text(SourcedText text) {
        String chars = text.chars();
        budget.make(text);
        int edge = text.runs() == 0 ? SourcedText.NOBODY : text.source(0);
        out.append("\"", edge, 0);
        int from = 0;
        for (int i = 0; i < chars.length(); i++) {
            String escape = escape(chars.charAt(i));
            if (!escape.isEmpty()) {
                budget.make((1L + RenderBudget.RUN) * escape.length());
                out.append(text, from, i);
                out.appendFor(text, i, escape);
                from = i + 1;
            }
        }
        out.append(text, from, chars.length());
        out.append("\"", edge, 0);
    }

    private String escape(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            default ->
                    c < 0x20 || (style.asciiOnly() && c > 0x7e)
                            ? String.format("\\u%04x", (int) c)
                            : "";
        };
    }
}
