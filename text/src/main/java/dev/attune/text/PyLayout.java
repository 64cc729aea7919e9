package dev.attune.text;

import java.math.BigInteger;
import java.util.Locale;

/// Numbers and texts laid out in fields: what both of Python's ways to format share.
final class PyLayout {
    private static final int MAX_WIDTH = 10_000;

    private PyLayout() {}

    /// A width or precision that is small enough.
    static int bounded(long size) {
        if (Math.abs(size) > MAX_WIDTH) {
            throw TemplateFault.limit("a field is wider than " + MAX_WIDTH + " characters");
        }
        return (int) size;
    }

    /// The text in a field of `width`.
    ///
    /// @param align `<`, `>` or `^`
    static SourcedText padded(
            SourcedText text, int width, char align, String fill, RenderBudget budget) {
        int missing = width - text.codePoints();
        budget.make(text.length() + (long) Math.max(0, missing));
        if (missing <= 0) {
            return text;
        }
        int before =
                switch (align) {
                    case '<' -> 0;
                    case '^' -> missing / 2;
                    default -> missing;
                };
        return SourcedText.of(fill.repeat(before))
                .plus(text)
                .plus(SourcedText.of(fill.repeat(missing - before)));
    }

    /// The character of a number.
    static String character(Object number) {
        BigInteger point = PyNumbers.big(number);
        if (point.signum() < 0 || point.bitLength() > 21 || point.intValue() > 0x10ffff) {
            throw new TemplateFault("OverflowError", '%' + "c arg not in range(0x110000)");
        }
        return Character.toString(point.intValue());
    }

    /// The digits of a whole number that is not negative, in the base that the letter asks for.
    static String digits(BigInteger number, char type) {
        return switch (type) {
            case 'x' -> number.toString(16);
            case 'X' -> number.toString(16).toUpperCase(Locale.ROOT);
            case 'o' -> number.toString(8);
            case 'b' -> number.toString(2);
            default -> PyNumbers.decimal(number);
        };
    }

    /// Whether a sign stands before it.
    static boolean isNegative(double number) {
        return number < 0 || (number == 0 && 1 / number < 0);
    }

    /// A float that is not negative, in the way that the letter asks for.
    ///
    /// @param full whether a point, and the zeros behind it, always stand
    static String real(double number, char type, int precision, boolean full) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            String text = PyNumbers.text(number) + (type == '%' ? "%" : "");
            return Character.isUpperCase(type) ? text.toUpperCase(Locale.ROOT) : text;
        }
        String text =
                switch (Character.toLowerCase(type)) {
                    case 'f' -> pointed(PyConversions.fixed(number, precision), full);
                    case '%' -> pointed(percent(number, precision), full) + "%";
                    case 'e' -> pointed(PyConversions.scientific(number, precision), full);
                    default -> PyConversions.general(number, Math.max(1, precision), full);
                };
        return Character.isUpperCase(type) ? text.toUpperCase(Locale.ROOT) : text;
    }

    private static String percent(double number, int precision) {
        double hundredfold = number * 100;
        return Double.isInfinite(hundredfold)
                ? PyNumbers.text(hundredfold)
                : PyConversions.fixed(hundredfold, precision);
    }

    private static String pointed(String text, boolean full) {
        if (!full || text.indexOf('.') >= 0) {
            return text;
        }
        int e = text.indexOf('e');
        return e < 0 ? text + "." : text.substring(0, e) + "." + text.substring(e);
    }
}
