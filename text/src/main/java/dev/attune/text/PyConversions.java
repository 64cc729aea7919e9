package dev.attune.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Python's conversions between numbers and texts.
final class PyConversions {
    private static final int MAX_PARSED = 4000;
    private static final Pattern REAL =
            Pattern.compile(
                    "[+-]?(?:\\d++(?:_\\d++)*+\\.?+(?:\\d++(?:_\\d++)*+)?+|\\.\\d++(?:_\\d++)*+)"
                            + "(?:e[+-]?\\d++(?:_\\d++)*+)?+");

    private PyConversions() {}

    /// A float without its fraction.
    static Object truncated(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw Double.isNaN(value)
                    ? TemplateFault.value("cannot convert float NaN to integer")
                    : new TemplateFault(
                            "OverflowError", "cannot convert float infinity to integer");
        }
        return PyNumbers.narrowed(new BigDecimal(value).toBigInteger());
    }

    /// With `digits` after the point.
    static String fixed(double value, int digits) {
        return new BigDecimal(value).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    }

    /// One digit before the point, `digits` after it, and an exponent.
    static String scientific(double value, int digits) {
        if (value == 0) {
            return (digits == 0 ? "0" : "0." + "0".repeat(digits)) + "e+00";
        }
        BigDecimal rounded =
                new BigDecimal(value).round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        StringBuilder unscaled = new StringBuilder(rounded.unscaledValue().toString());
        while (unscaled.length() <= digits) {
            unscaled.append('0');
        }
        String fraction = digits == 0 ? "" : "." + unscaled.substring(1, digits + 1);
        int size = Math.abs(exponent);
        return unscaled.charAt(0)
                + fraction
                + "e"
                + (exponent < 0 ? "-" : "+")
                + (size < 10 ? "0" : "")
                + size;
    }

    /// The shorter of the two, with `digits` digits that matter.
    ///
    /// @param full whether zeros at the end stay
    static String general(double value, int digits, boolean full) {
        if (value == 0) {
            return full ? "0." + "0".repeat(digits - 1) : "0";
        }
        BigDecimal rounded =
                new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < digits) {
            if (!full) {
                return rounded.stripTrailingZeros().toPlainString();
            }
            String plain = fixed(value, digits - 1 - exponent);
            return plain.indexOf('.') < 0 ? plain + "." : plain;
        }
        String text = scientific(value, digits - 1);
        if (full) {
            return text.indexOf('.') < 0 ? text.replace("e", ".e") : text;
        }
        int e = text.indexOf('e');
        String mantissa = text.substring(0, e);
        if (mantissa.contains(".")) {
            mantissa = mantissa.replaceAll("0++$", "").replaceAll("\\.$", "");
        }
        return mantissa + text.substring(e);
    }

    /// `int(value)`, or `otherwise` where that fails.
    static Object integer(Object value, Object otherwise, long radix) {
        return switch (value) {
            case Long number -> number;
            case BigInteger number -> number;
            case Boolean bool -> bool ? 1L : 0L;
            case Double number when Double.isFinite(number) -> truncated(number);
            case SourcedText text -> parsed(text, otherwise, radix);
            default -> otherwise;
        };
    }

    /// What the filter does: `int(text, radix)`, else `int(float(text))`, else the default.
    private static Object parsed(SourcedText text, Object otherwise, long radix) {
        Optional<BigInteger> whole = whole(bare(text), radix);
        if (whole.isPresent()) {
            return PyNumbers.narrowed(whole.get());
        }
        return real(text, otherwise) instanceof Double number && Double.isFinite(number)
                ? truncated(number)
                : otherwise;
    }

    /// Without white space at the ends, and with ASCII digits for those of any script.
    private static String bare(SourcedText text) {
        String chars = text.strip(SourcedText.Strip.BOTH, PyChars::isSpace).chars();
        StringBuilder out = new StringBuilder(chars.length());
        chars.codePoints()
                .forEach(c -> {
                    if (c >= 0x80 && Character.isDigit(c)) {
                        out.append(Character.digit(c, 10));
                    } else {
                        out.appendCodePoint(c);
                    }
                });
        return out.toString();
    }

    private static Optional<BigInteger> whole(String text, long radix) {
        boolean badRadix = radix != 0 && (radix < 2 || radix > 36);
        if (badRadix || text.length() > MAX_PARSED) {
            return Optional.empty();
        }
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        long base = radix;
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            long prefixed =
                    switch (Character.toLowerCase(digits.charAt(1))) {
                        case 'x' -> 16;
                        case 'o' -> 8;
                        case 'b' -> 2;
                        default -> 0;
                    };
            if (prefixed != 0 && (radix == 0 || radix == prefixed)) {
                base = prefixed;
                digits = digits.substring(digits.startsWith("_", 2) ? 3 : 2);
            }
        }
        boolean plain =
                !digits.isEmpty()
                        && !digits.startsWith("_")
                        && !digits.endsWith("_")
                        && !digits.contains("__")
                        && !digits.startsWith("-")
                        && !digits.startsWith("+");
        String bare = digits.replace("_", "");
        if (!plain || (base == 0 && bare.startsWith("0") && !bare.matches("0+"))) {
            return Optional.empty();
        }
        try {
            BigInteger number = new BigInteger(bare, base == 0 ? 10 : (int) base);
            return Optional.of(negative ? number.negate() : number);
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// `float(value)`, or `otherwise` where that fails.
    static Object real(Object value, Object otherwise) {
        if (PyNumbers.isNumber(value)) {
            return PyNumbers.real(value);
        }
        if (!(value instanceof SourcedText text)) {
            return otherwise;
        }
        String chars = bare(text).toLowerCase(Locale.ROOT);
        if (chars.length() < MAX_PARSED && REAL.matcher(chars).matches()) {
            return Double.parseDouble(chars.replace("_", ""));
        }
        return switch (chars.startsWith("+") ? chars.substring(1) : chars) {
            case "inf", "infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            case "nan", "-nan" -> Double.NaN;
            default -> otherwise;
        };
    }

    /// `round(value, digits)` of the filter.
    static Object rounded(Object value, int digits, String method) {
        if (!method.equals("common") && PyNumbers.isInteger(value) && digits >= 0) {
            BigInteger factor = BigInteger.TEN.pow(digits);
            return PyNumbers.apply(
                    JinjaExpr.Operator.DIVIDE, PyNumbers.big(value).multiply(factor), factor);
        }
        if (!method.equals("common")) {
            double factor = Math.pow(10, digits);
            double real = PyNumbers.real(value);
            truncated(real);
            double whole =
                    method.equals("ceil") ? Math.ceil(real * factor) : Math.floor(real * factor);
            return (whole + 0.0) / factor;
        }
        if (PyNumbers.isInteger(value)) {
            BigDecimal whole = new BigDecimal(PyNumbers.big(value));
            return digits >= 0
                    ? PyNumbers.narrowed(whole.toBigInteger())
                    : PyNumbers.narrowed(
                            whole.setScale(digits, RoundingMode.HALF_EVEN).toBigInteger());
        }
        double real = PyNumbers.real(value);
        if (!Double.isFinite(real)) {
            return real;
        }
        double rounded =
                new BigDecimal(real).setScale(digits, RoundingMode.HALF_EVEN).doubleValue();
        return Math.copySign(rounded, real);
    }
}
