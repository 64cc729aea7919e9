package dev.attune.text;

import java.math.BigInteger;
import java.util.List;

/// Python's `'%s and %d' % (value, number)`, every character with its source.
final class PyPercent {
    private final SourcedText text;
    private final Object value;
    private final RenderBudget budget;
    private List<Object> values;
    private final SourcedText.Builder out;
    private int at;
    private int used;

    private PyPercent(SourcedText text, Object value, RenderBudget budget) {
        this.text = text;
        this.value = value;
        this.budget = budget;
        this.values = isTuple(value) ? ((PyList) value).items() : List.of(value);
        this.out = new SourcedText.Builder(text.length() + 16);
    }

    /// `text % value`
    static SourcedText format(SourcedText text, Object value, RenderBudget budget) {
        budget.make(text);
        return new PyPercent(text, value, budget).run().asMarkup(text.isMarkup());
    }

    private static boolean isTuple(Object value) {
        return value instanceof PyList list && list.kind().isTuple();
    }

    /// What has elements by key may hold more of them than the text asks for.
    private static boolean isMapping(Object value) {
        return value instanceof PyDict
                || value instanceof PyUndefined
                || (value instanceof PyList list
                        && (list.kind() == PyList.Kind.LIST || list.kind() == PyList.Kind.RANGE));
    }

    private SourcedText run() {
        String chars = text.chars();
        while (at < chars.length()) {
            int sign = chars.indexOf('%', at);
            if (sign < 0) {
                break;
            }
            out.append(text, at, sign);
            at = sign + 1;
            budget.step();
            field(sign);
        }
        out.append(text, at, chars.length());
        if (used < values.size() && !isMapping(value)) {
            throw TemplateFault.type("not all arguments converted during string formatting");
        }
        return out.build();
    }

    private char next() {
        if (at >= text.length()) {
            throw TemplateFault.value("incomplete format");
        }
        return text.charAt(at++);
    }

    private void field(int sign) {
        char c = next();
        if (c == '%') {
            out.append(text, sign, sign + 1);
            return;
        }
        if (c == '(') {
            values = List.of(named());
            used = 0;
            c = next();
        }
        StringBuilder flags = new StringBuilder();
        while ("-+ #0".indexOf(c) >= 0) {
            flags.append(c);
            c = next();
        }
        at--;
        int width = size();
        if (width < 0) {
            flags.append('-');
        }
        int precision = -1;
        c = next();
        if (c == '.') {
            precision = Math.max(0, size());
            c = next();
        }
        if (c == 'h' || c == 'l' || c == 'L') {
            c = next();
        }
        put(c, following(), new Field(flags.toString(), Math.abs(width), precision));
    }

    private Object named() {
        int depth = 1;
        int from = at;
        while (depth > 0) {
            if (at >= text.length()) {
                throw TemplateFault.value("incomplete format key");
            }
            char c = text.charAt(at++);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        if (!isMapping(value)) {
            throw TemplateFault.type("format requires a mapping");
        }
        if (!(PyTypes.requireDefined(value) instanceof PyDict dict)) {
            throw TemplateFault.type(
                    PyTypes.name(value) + " indices must be integers or slices, not str");
        }
        SourcedText key = text.slice(from, at - 1);
        Object found = dict.find(PyTypes.key(key, budget));
        if (found == null) {
            throw new TemplateFault("KeyError", PyWriter.repr(key, budget).chars());
        }
        return found;
    }

    /// A width or precision: digits, `*`, or nothing, which is 0.
    private int size() {
        char c = next();
        if (c == '*') {
            if (!(following() instanceof Long given)) {
                throw TemplateFault.type("* wants int");
            }
            return PyLayout.bounded(given);
        }
        long size = 0;
        while (c >= '0' && c <= '9') {
            size = PyLayout.bounded(size * 10 + c - '0');
            c = next();
        }
        at--;
        return (int) size;
    }

    private Object following() {
        if (used >= values.size()) {
            throw TemplateFault.type("not enough arguments for format string");
        }
        return values.get(used++);
    }

    /// What stands between `%` and the letter.
    private record Field(String flags, int width, int precision) {
        boolean has(char flag) {
            return flags.indexOf(flag) >= 0;
        }
    }

    private void put(char type, Object given, Field field) {
        switch (type) {
            case 's' -> put(cut(written(given), field), field);
            case 'r' -> put(cut(written(PyWriter.repr(given, budget)), field), field);
            case 'a' -> put(cut(written(PyWriter.ascii(given, budget)), field), field);
            case 'c' -> put(character(given), field);
            case 'd', 'i', 'u', 'x', 'X', 'o' -> whole(type, given, field);
            case 'e', 'E', 'f', 'F', 'g', 'G' -> real(type, given, field);
            default ->
                    throw TemplateFault.value(
                            "unsupported format character '"
                                    + type
                                    + "' (0x"
                                    + Integer.toHexString(type)
                                    + ") at index "
                                    + text.chars().codePointCount(0, at - 1));
        }
    }

    /// Text that markup takes in is escaped.
    private SourcedText written(Object given) {
        SourcedText plain = PyWriter.str(given, budget);
        return text.isMarkup() ? TextFilters.escapedOnce(plain, budget) : plain;
    }

    private static SourcedText cut(SourcedText text, Field field) {
        return field.precision() < 0 || field.precision() >= text.codePoints()
                ? text
                : text.slice(0, text.chars().offsetByCodePoints(0, field.precision()));
    }

    private void put(SourcedText written, Field field) {
        SourcedText padded =
                PyLayout.padded(written, field.width(), field.has('-') ? '<' : '>', " ", budget);
        budget.make(padded);
        out.append(padded);
    }

    private static SourcedText character(Object given) {
        if (given instanceof SourcedText text && text.codePoints() == 1) {
            return text;
        }
        if (!PyNumbers.isInteger(given)) {
            throw TemplateFault.type('%' + "c requires int or char");
        }
        return SourcedText.of(PyLayout.character(given));
    }

    private void whole(char type, Object given, Field field) {
        boolean radix = "xXo".indexOf(type) >= 0;
        if (!PyNumbers.isNumber(given) || (radix && given instanceof Double)) {
            if (!radix) {
                PyTypes.requireDefined(given);
            }
            throw TemplateFault.type(
                    "%"
                            + type
                            + (radix
                                    ? " format: an integer is required, not "
                                    : " format: a real number is required, not ")
                            + PyTypes.name(given));
        }
        BigInteger number =
                PyNumbers.big(given instanceof Double real ? PyConversions.truncated(real) : given);
        String digits = PyLayout.digits(number.abs(), type);
        String zeros = "0".repeat(Math.max(0, field.precision() - digits.length()));
        String prefix = field.has('#') && radix ? "0" + type : "";
        put(number.signum() < 0, prefix, zeros + digits, field);
    }

    private void real(char type, Object given, Field field) {
        if (!PyNumbers.isNumber(given)) {
            PyTypes.requireDefined(given);
            throw TemplateFault.type("must be real number, not " + PyTypes.name(given));
        }
        double number = PyNumbers.real(given);
        int precision = field.precision() < 0 ? 6 : field.precision();
        put(
                PyLayout.isNegative(number),
                "",
                PyLayout.real(Math.abs(number), type, precision, field.has('#')),
                field);
    }

    private void put(boolean negative, String prefix, String digits, Field field) {
        String sign = negative ? "-" : field.has('+') ? "+" : field.has(' ') ? " " : "";
        int missing = field.width() - sign.length() - prefix.length() - digits.length();
        boolean zeros = field.has('0') && !field.has('-') && missing > 0;
        budget.make(field.width());
        String number = sign + prefix + (zeros ? "0".repeat(missing) : "") + digits;
        put(SourcedText.of(number), field);
    }
}
