package dev.attune.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/// Python's conversions between numbers and texts.
final class PyConversions {
    private PyConversions() {}

    /// A float without its fraction.
    static Object truncated(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw TemplateFault.value(
                    "cannot convert float " + PyNumbers.text(value) + " to integer");
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
    static String general(double value, int digits) {
        if (value == 0) {
            return "0";
        }
        BigDecimal rounded =
                new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < digits) {
            return rounded.stripTrailingZeros().toPlainString();
        }
        String text = scientific(value, digits - 1);
        int e = text.indexOf('e');
        String mantissa = text.substring(0, e);
        if (mantissa.contains(".")) {
            mantissa = mantissa.replaceAll("0++$", "").replaceAll("\\.$", "");
        }
        return mantissa + text.substring(e);
    }

    /// `int(value)`, or `otherwise` where that fails.
    static Object integer(Object value, Object otherwise, int radix) {
        return switch (value) {
            case Long number -> number;
            case BigInteger number -> number;
            case Boolean bool -> bool ? 1L : 0L;
            case Double number when Double.isFinite(number) -> truncated(number);
            case SourcedText text -> parsed(text.chars().strip(), otherwise, radix);
            default -> otherwise;
        };
    }

    private static Object parsed(String text, Object otherwise, int radix) {
        if (text.length() > 1000) {
            return otherwise;
        }
        String digits = text.replace("_", "");
        try {
            return PyNumbers.narrowed(new BigInteger(digits, radix));
        } catch (NumberFormatException _) {
            Object real = real(SourcedText.of(text), otherwise);
            return real instanceof Double number && Double.isFinite(number)
                    ? truncated(number)
                    : otherwise;
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
        String chars = text.chars().strip();
        boolean plain =
                !chars.isEmpty()
                        && chars.length() < 400
                        && chars.chars().allMatch(c -> "0123456789+-.eE_".indexOf(c) >= 0);
        if (!plain) {
            return switch (chars.toLowerCase(java.util.Locale.ROOT)) {
                case "inf", "+inf", "infinity" -> Double.POSITIVE_INFINITY;
                case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
                case "nan" -> Double.NaN;
                default -> otherwise;
            };
        }
        try {
            return Double.parseDouble(chars.replace("_", ""));
        } catch (NumberFormatException _) {
            return otherwise;
        }
    }

    /// `round(value, digits)` of the filter.
    static double rounded(double value, int digits, String method) {
        if (!Double.isFinite(value)) {
            return value;
        }
        RoundingMode mode =
                switch (method) {
                    case "ceil" -> RoundingMode.CEILING;
                    case "floor" -> RoundingMode.FLOOR;
                    default -> RoundingMode.HALF_EVEN;
                };
        return new BigDecimal(value).setScale(digits, mode).doubleValue();
    }
}
