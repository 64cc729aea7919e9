package dev.attune.text;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;

/// Python's two ways to put values into a text: `'%s' % value` and `'{}'.format(value)`.
final class PyFormat {
    private static final int MAX_WIDTH = 10_000;

    private PyFormat() {}

    /// A value that must be a whole number.
    static long integer(Object value, String what) {
        return switch (PyTypes.requireDefined(value)) {
            case Long number -> number;
            case Boolean bool -> bool ? 1 : 0;
            case BigInteger number -> number.signum() * (Long.MAX_VALUE >> 1);
            default ->
                    throw TemplateFault.type(
                            what + " must be an integer, not " + PyTypes.name(value));
        };
    }

    /// How one value is laid out.
    private record Spec(
            String flags,
            int width,
            int precision,
            char type,
            boolean zero,
            char align,
            char fill) {
        boolean has(char flag) {
            return flags.indexOf(flag) >= 0;
        }
    }

    /// `text % value`
    static SourcedText percent(SourcedText text, Object value, RenderBudget budget) {
        return new Percent(text, value, budget).run();
    }

    /// One `%` formatting.
    private static final class Percent {
        private final SourcedText text;
        private final Object value;
        private final RenderBudget budget;
        private final List<Object> values;
        private final SourcedText.Builder out;
        private int at;
        private int used;
        private boolean byName;

        Percent(SourcedText text, Object value, RenderBudget budget) {
            this.text = text;
            this.value = value;
            this.budget = budget;
            this.values =
                    value instanceof PyList list && list.kind() == PyList.Kind.TUPLE
                            ? list.items()
                            : List.of(value);
            this.out = new SourcedText.Builder(text.length() + 16);
        }

        SourcedText run() {
            String chars = text.chars();
            while (at < chars.length()) {
                int sign = chars.indexOf('%', at);
                if (sign < 0) {
                    break;
                }
                out.append(text, at, sign);
                at = sign + 1;
                field();
            }
            out.append(text, at, chars.length());
            if (used < values.size() && !byName && !(value instanceof PyDict)) {
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

        private void field() {
            Object given = null;
            char c = next();
            if (c == '%') {
                out.append("%");
                return;
            }
            if (c == '(') {
                int close = text.chars().indexOf(')', at);
                if (close < 0) {
                    throw TemplateFault.value("incomplete format key");
                }
                given = named(text.slice(at, close));
                at = close + 1;
                c = next();
            }
            StringBuilder flags = new StringBuilder();
            while ("-+ #0".indexOf(c) >= 0) {
                flags.append(c);
                c = next();
            }
            int width = 0;
            while (c >= '0' && c <= '9') {
                width = bounded(width * 10L + c - '0');
                c = next();
            }
            int precision = -1;
            if (c == '.') {
                precision = 0;
                c = next();
                while (c >= '0' && c <= '9') {
                    precision = bounded(precision * 10L + c - '0');
                    c = next();
                }
            }
            boolean left = flags.indexOf("-") >= 0;
            boolean zero = flags.indexOf("0") >= 0 && !left;
            put(
                    given == null ? following() : given,
                    new Spec(flags.toString(), width, precision, c, zero, left ? '<' : '>', ' '));
        }

        private Object named(SourcedText key) {
            if (!(value instanceof PyDict dict)) {
                throw TemplateFault.type("format requires a mapping");
            }
            byName = true;
            Object found = dict.entries().get(key);
            if (found == null) {
                throw new TemplateFault("KeyError", "'" + key + "'");
            }
            return found;
        }

        private Object following() {
            if (used >= values.size()) {
                throw TemplateFault.type("not enough arguments for format string");
            }
            return values.get(used++);
        }

        private void put(Object given, Spec spec) {
            out.append(
                    switch (spec.type()) {
                        case 's' -> aligned(cut(PyWriter.str(given, budget), spec), spec, budget);
                        case 'r', 'a' ->
                                aligned(cut(PyWriter.repr(given, budget), spec), spec, budget);
                        case 'c' -> aligned(PyWriter.str(given, budget), spec, budget);
                        case 'd', 'i', 'u', 'x', 'X', 'o', 'e', 'E', 'f', 'F', 'g', 'G' ->
                                aligned(
                                        SourcedText.of(number(percentNumber(given, spec), spec)),
                                        spec,
                                        budget);
                        default ->
                                throw TemplateFault.value(
                                        "unsupported format character '" + spec.type() + "'");
                    });
        }

        private static Object percentNumber(Object given, Spec spec) {
            if (!PyNumbers.isNumber(PyTypes.requireDefined(given))) {
                throw TemplateFault.type(
                        "%"
                                + spec.type()
                                + " format: a real number is required, not "
                                + PyTypes.name(given));
            }
            return "diu".indexOf(spec.type()) >= 0 && given instanceof Double number
                    ? PyConversions.truncated(number)
                    : given;
        }
    }

    private static int bounded(long size) {
        if (size > MAX_WIDTH) {
            throw TemplateFault.limit("a field is wider than " + MAX_WIDTH + " characters");
        }
        return (int) size;
    }

    private static SourcedText cut(SourcedText text, Spec spec) {
        return spec.precision() < 0 || spec.precision() >= text.codePoints()
                ? text
                : text.slice(0, text.chars().offsetByCodePoints(0, spec.precision()));
    }

    private static SourcedText aligned(SourcedText text, Spec spec, RenderBudget budget) {
        int missing = spec.width() - text.codePoints();
        budget.make(text.length() + (long) Math.max(0, missing));
        if (missing <= 0) {
            return text;
        }
        if (spec.zero()) {
            int sign = text.chars().startsWith("-") || text.chars().startsWith("+") ? 1 : 0;
            return text.slice(0, sign)
                    .plus(SourcedText.of("0".repeat(missing)))
                    .plus(text.slice(sign, text.length()));
        }
        int before =
                switch (spec.align()) {
                    case '<' -> 0;
                    case '^' -> missing / 2;
                    default -> missing;
                };
        String fill = String.valueOf(spec.fill());
        return SourcedText.of(fill.repeat(before))
                .plus(text)
                .plus(SourcedText.of(fill.repeat(missing - before)));
    }

    private static String number(Object value, Spec spec) {
        String digits =
                switch (spec.type()) {
                    case 'x' -> PyNumbers.big(value).abs().toString(16);
                    case 'X' -> PyNumbers.big(value).abs().toString(16).toUpperCase(Locale.ROOT);
                    case 'o' -> PyNumbers.big(value).abs().toString(8);
                    case 'b' -> PyNumbers.big(value).abs().toString(2);
                    case 'e', 'E', 'f', 'F', 'g', 'G', '%' -> real(value, spec);
                    default -> PyNumbers.big(value).abs().toString();
                };
        boolean negative =
                value instanceof Double number
                        ? number < 0 || (number == 0 && 1 / number < 0)
                        : PyNumbers.big(value).signum() < 0;
        String grouped = spec.has(',') ? grouped(digits) : digits;
        String prefix = spec.has('#') && spec.type() == 'x' ? "0x" : "";
        String sign = negative ? "-" : spec.has('+') ? "+" : spec.has(' ') ? " " : "";
        return sign + prefix + grouped;
    }

    private static String grouped(String digits) {
        int point = digits.indexOf('.');
        int end = point < 0 ? digits.length() : point;
        StringBuilder out = new StringBuilder(digits);
        for (int i = end - 3; i > 0; i -= 3) {
            out.insert(i, ',');
        }
        return out.toString();
    }

    private static String real(Object value, Spec spec) {
        double number = Math.abs(PyNumbers.real(value));
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return PyNumbers.text(number);
        }
        int precision = spec.precision() < 0 ? 6 : spec.precision();
        char type = Character.toLowerCase(spec.type());
        String text =
                switch (type) {
                    case 'f' -> PyConversions.fixed(number, precision);
                    case '%' -> PyConversions.fixed(number * 100, precision) + "%";
                    case 'e' -> PyConversions.scientific(number, precision);
                    default -> PyConversions.general(number, Math.max(1, precision));
                };
        return Character.isUpperCase(spec.type()) ? text.toUpperCase(Locale.ROOT) : text;
    }

    /// `text.format(...)`
    static SourcedText braces(SourcedText text, PyArguments given, RenderBudget budget) {
        SourcedText.Builder out = new SourcedText.Builder(text.length() + 16);
        String chars = text.chars();
        int at = 0;
        int automatic = 0;
        while (at < chars.length()) {
            char c = chars.charAt(at);
            if (c != '{' && c != '}') {
                out.append(text, at, at + 1);
                at++;
                continue;
            }
            if (at + 1 < chars.length() && chars.charAt(at + 1) == c) {
                out.append(text, at, at + 1);
                at += 2;
                continue;
            }
            int close = chars.indexOf('}', at);
            if (c == '}' || close < 0) {
                throw TemplateFault.value("Single '" + c + "' encountered in format string");
            }
            String field = chars.substring(at + 1, close);
            at = close + 1;
            if (field.isEmpty() || field.startsWith(":") || field.startsWith("!")) {
                field = automatic++ + field;
            }
            out.append(brace(field, given, budget));
        }
        return out.build();
    }

    private static SourcedText brace(String field, PyArguments given, RenderBudget budget) {
        int colon = field.indexOf(':');
        String head = colon < 0 ? field : field.substring(0, colon);
        String spec = colon < 0 ? "" : field.substring(colon + 1);
        int bang = head.indexOf('!');
        boolean repr = bang >= 0 && head.substring(bang).equals("!r");
        String name = bang < 0 ? head : head.substring(0, bang);
        Object value = lookup(name, given);
        return laidOut(repr ? PyWriter.repr(value, budget) : value, parsed(spec), budget);
    }

    private static Object lookup(String name, PyArguments given) {
        boolean index = !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
        if (index && name.length() < 6) {
            int i = Integer.parseInt(name);
            if (i < given.positional().size()) {
                return given.positional().get(i);
            }
            throw new TemplateFault(
                    "IndexError",
                    "Replacement index " + i + " out of range for positional args tuple");
        }
        Object value = given.named().get(name);
        if (value == null) {
            throw new TemplateFault("KeyError", "'" + name + "'");
        }
        return value;
    }

    private static Spec parsed(String spec) {
        int at = 0;
        char fill = ' ';
        char align = 0;
        if (spec.length() > 1 && "<>^=".indexOf(spec.charAt(1)) >= 0) {
            fill = spec.charAt(0);
            align = spec.charAt(1);
            at = 2;
        } else if (!spec.isEmpty() && "<>^=".indexOf(spec.charAt(0)) >= 0) {
            align = spec.charAt(0);
            at = 1;
        }
        StringBuilder flags = new StringBuilder();
        while (at < spec.length() && "+- #".indexOf(spec.charAt(at)) >= 0) {
            flags.append(spec.charAt(at++));
        }
        boolean zero = at < spec.length() && spec.charAt(at) == '0';
        int width = 0;
        while (at < spec.length() && Character.digit(spec.charAt(at), 10) >= 0) {
            width = bounded(width * 10L + Character.digit(spec.charAt(at++), 10));
        }
        if (at < spec.length() && spec.charAt(at) == ',') {
            flags.append(',');
            at++;
        }
        int precision = -1;
        if (at < spec.length() && spec.charAt(at) == '.') {
            precision = 0;
            at++;
            while (at < spec.length() && Character.digit(spec.charAt(at), 10) >= 0) {
                precision = bounded(precision * 10L + Character.digit(spec.charAt(at++), 10));
            }
        }
        char type = at < spec.length() ? spec.charAt(at++) : 0;
        if (at < spec.length()) {
            throw TemplateFault.value("Invalid format specifier '" + spec + "'");
        }
        return new Spec(flags.toString(), width, precision, type, zero && align == 0, align, fill);
    }

    private static SourcedText laidOut(Object value, Spec spec, RenderBudget budget) {
        boolean number = PyNumbers.isNumber(value) && !(value instanceof Boolean);
        boolean plain = spec.type() == 0 && spec.precision() < 0 && spec.flags().isEmpty();
        SourcedText text =
                number && !plain
                        ? SourcedText.of(number(value, typed(value, spec)))
                        : cut(PyWriter.str(value, budget), spec);
        char align = spec.align() == 0 ? (number ? '>' : '<') : spec.align();
        return aligned(
                text,
                new Spec("", spec.width(), -1, 's', spec.zero() && number, align, spec.fill()),
                budget);
    }

    private static Spec typed(Object value, Spec spec) {
        if (spec.type() != 0) {
            return spec;
        }
        char type = value instanceof Double ? 'g' : 'd';
        return new Spec(
                spec.flags(),
                spec.width(),
                spec.precision(),
                type,
                spec.zero(),
                spec.align(),
                spec.fill());
    }
}
