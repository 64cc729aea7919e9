package dev.attune.text;

import java.math.BigInteger;

/// What stands behind the colon of `'{:*^+#012,.3f}'`, and how it lays out a value.
///
/// @param fill what fills the field
/// @param align `<`, `>`, `^`, `=`, or 0 where none is given
/// @param flags the sign `+`, `-` or a space, `z`, `#`, and `,` or `_` for groups of digits
/// @param width of the field
/// @param precision -1 where none is given
/// @param type the letter, 0 where none is given
record PyFieldSpec(String fill, char align, String flags, int width, int precision, char type) {
    /// `format(value, spec)`
    static SourcedText format(Object value, String spec, RenderBudget budget) {
        if (spec.isEmpty()) {
            return PyWriter.str(value, budget);
        }
        if (!(value instanceof SourcedText) && !PyNumbers.isNumber(value)) {
            throw TemplateFault.type(
                    "unsupported format string passed to " + PyTypes.name(value) + ".__format__");
        }
        return new Reader(spec, value).read().applied(value, budget);
    }

    private boolean has(char flag) {
        return flags.indexOf(flag) >= 0;
    }

    /// Reads a spec.
    private static final class Reader {
        private final String spec;
        private final Object value;
        private final StringBuilder flags = new StringBuilder();
        private int at;

        Reader(String spec, Object value) {
            this.spec = spec;
            this.value = value;
        }

        private boolean next(String any) {
            return at < spec.length() && any.indexOf(spec.charAt(at)) >= 0;
        }

        private void flag(String any) {
            if (next(any)) {
                flags.append(spec.charAt(at++));
            }
        }

        private long digits() {
            long size = 0;
            while (next("0123456789")) {
                size = PyLayout.bounded(size * 10 + spec.charAt(at++) - '0');
            }
            return size;
        }

        PyFieldSpec read() {
            String fill = " ";
            char align = 0;
            int first = Character.charCount(spec.codePointAt(0));
            if (spec.length() > first && "<>^=".indexOf(spec.charAt(first)) >= 0) {
                fill = spec.substring(0, first);
                align = spec.charAt(first);
                at = first + 1;
            } else if (next("<>^=")) {
                align = spec.charAt(at++);
            }
            boolean filled = at > 1;
            flag("+- ");
            flag("z");
            flag("#");
            if (!filled && next("0")) {
                fill = "0";
                if (align == 0 && !(value instanceof SourcedText)) {
                    align = '=';
                }
                at++;
            }
            int width = (int) digits();
            groups();
            int precision = -1;
            if (next(".")) {
                at++;
                if (!next("0123456789")) {
                    throw TemplateFault.value("Format specifier missing precision");
                }
                precision = (int) digits();
            }
            if (spec.codePointCount(at, spec.length()) > 1) {
                throw TemplateFault.value(
                        "Invalid format specifier '"
                                + spec
                                + "' for object of type '"
                                + PyTypes.name(value)
                                + "'");
            }
            char type = at < spec.length() ? spec.charAt(at) : 0;
            return new PyFieldSpec(fill, align, flags.toString(), width, precision, type);
        }

        private void groups() {
            boolean comma = next(",");
            flag(",");
            boolean underscore = next("_");
            flag("_");
            if ((comma && underscore) || (underscore && next(","))) {
                throw TemplateFault.value("Cannot specify both ',' and '_'.");
            }
            if (comma && next(",")) {
                throw TemplateFault.value("Cannot specify ',' with ','.");
            }
        }
    }

    private SourcedText applied(Object value, RenderBudget budget) {
        refuseGroups();
        return switch (value) {
            case SourcedText text -> text(text, budget);
            case Double number -> real(number, budget);
            default -> {
                boolean asReal = type != 0 && "eEfFgG%".indexOf(type) >= 0;
                yield asReal ? real(PyNumbers.real(value), budget) : whole(value, budget);
            }
        };
    }

    private void refuseGroups() {
        boolean plain = type == 0 || "deEfFgG%".indexOf(type) >= 0;
        boolean bits = type != 0 && "bxXo".indexOf(type) >= 0;
        if ((has(',') && !plain) || (has('_') && !plain && !bits)) {
            throw TemplateFault.value(
                    "Cannot specify '" + (has(',') ? ',' : '_') + "' with '" + type + "'.");
        }
    }

    private TemplateFault unknown(String typeName) {
        return TemplateFault.value(
                "Unknown format code '" + type + "' for object of type '" + typeName + "'");
    }

    private SourcedText text(SourcedText text, RenderBudget budget) {
        if (type != 0 && type != 's') {
            throw unknown("str");
        }
        if (has('+') || has('-') || has(' ')) {
            throw TemplateFault.value(
                    has(' ')
                            ? "Space not allowed in string format specifier"
                            : "Sign not allowed in string format specifier");
        }
        if (has('z')) {
            throw TemplateFault.value(
                    "Negative zero coercion (z) not allowed in string format specifier");
        }
        if (has('#')) {
            throw TemplateFault.value("Alternate form (#) not allowed in string format specifier");
        }
        if (has(',') || has('_')) {
            throw TemplateFault.value("Cannot specify '" + (has(',') ? ',' : '_') + "' with 's'.");
        }
        if (align == '=') {
            throw TemplateFault.value("'=' alignment not allowed in string format specifier");
        }
        SourcedText cut =
                precision < 0 || precision >= text.codePoints()
                        ? text
                        : text.slice(0, text.chars().offsetByCodePoints(0, precision));
        return PyLayout.padded(cut, width, align == 0 ? '<' : align, fill, budget);
    }

    private SourcedText whole(Object value, RenderBudget budget) {
        if (type != 0 && "bcdnoxX".indexOf(type) < 0) {
            throw unknown(PyTypes.name(value));
        }
        if (precision >= 0) {
            throw TemplateFault.value("Precision not allowed in integer format specifier");
        }
        if (has('z')) {
            throw TemplateFault.value(
                    "Negative zero coercion (z) not allowed in format specifier with integer"
                            + " presentation type");
        }
        if (type == 'c') {
            return character(value, budget);
        }
        BigInteger number = PyNumbers.big(value);
        String prefix = has('#') && type != 0 && "boxX".indexOf(type) >= 0 ? "0" + type : "";
        String digits = PyLayout.digits(number.abs(), type);
        return number(number.signum() < 0, prefix, digits, budget);
    }

    private SourcedText character(Object value, RenderBudget budget) {
        if (has('+') || has('-') || has(' ')) {
            throw TemplateFault.value("Sign not allowed with integer format specifier 'c'");
        }
        if (has('#')) {
            throw TemplateFault.value(
                    "Alternate form (#) not allowed with integer format specifier 'c'");
        }
        char to = align == 0 || align == '=' ? '>' : align;
        return PyLayout.padded(SourcedText.of(PyLayout.character(value)), width, to, fill, budget);
    }

    private SourcedText real(double number, RenderBudget budget) {
        if (type != 0 && "eEfFgGn%".indexOf(type) < 0) {
            throw unknown("float");
        }
        String digits = type == 0 ? plain(Math.abs(number)) : lettered(Math.abs(number));
        boolean zero = has('z') && digits.chars().noneMatch(c -> c >= '1' && c <= '9');
        return number(!zero && PyLayout.isNegative(number), "", digits, budget);
    }

    private String lettered(double number) {
        char way = type == 'n' ? 'g' : type;
        return PyLayout.real(number, way, precision < 0 ? 6 : precision, has('#'));
    }

    /// Without a letter a float shows that it is one.
    private String plain(double number) {
        if (precision < 0 || !Double.isFinite(number)) {
            return PyNumbers.text(number);
        }
        String text = PyConversions.general(number, Math.max(1, precision), has('#'));
        boolean whole = text.indexOf('.') < 0 && text.indexOf('e') < 0;
        boolean shown = whole && text.length() < Math.max(1, precision);
        if (!whole || shown) {
            return whole ? text + ".0" : text;
        }
        return PyLayout.real(number, 'e', Math.max(1, precision) - 1, has('#'));
    }

    private SourcedText number(
            boolean negative, String prefix, String digits, RenderBudget budget) {
        String sign = negative ? "-" : has('+') ? "+" : has(' ') ? " " : "";
        int room = align == '=' && fill.equals("0") ? width - sign.length() - prefix.length() : 0;
        budget.make(2L * digits.length() + width);
        String grouped = grouped(digits, room);
        String head = sign + prefix;
        if (align == '=') {
            int missing = Math.max(0, width - head.length() - grouped.length());
            return SourcedText.of(head + fill.repeat(missing) + grouped);
        }
        return PyLayout.padded(
                SourcedText.of(head + grouped), width, align == 0 ? '>' : align, fill, budget);
    }

    /// The digits in groups, with zeros before them up to `room` characters.
    private String grouped(String digits, int room) {
        if (!has(',') && !has('_')) {
            return digits;
        }
        int end = 0;
        while (end < digits.length() && Character.digit(digits.charAt(end), 16) >= 0) {
            boolean exponent = digits.charAt(end) == 'e' && (type == 0 || "bxXo".indexOf(type) < 0);
            if (exponent) {
                break;
            }
            end++;
        }
        char mark = has(',') ? ',' : '_';
        int size = type != 0 && "bxXo".indexOf(type) >= 0 ? 4 : 3;
        StringBuilder out = new StringBuilder(digits);
        int whole = 0;
        for (int i = end; i > 0; i--) {
            if (whole > 0 && whole % size == 0) {
                out.insert(i, mark);
            }
            whole++;
        }
        while (end > 0 && out.length() < room) {
            if (whole % size == 0) {
                out.insert(0, mark);
            }
            out.insert(0, '0');
            whole++;
        }
        return out.toString();
    }
}
