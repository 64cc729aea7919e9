package dev.attune.text;

import java.math.BigDecimal;
import java.math.BigInteger;

/// Python's numbers: whole ones of any size (`Long`, or `BigInteger` where that is too small),
/// floats (`Double`), and booleans, which count as 0 and 1.
final class PyNumbers {
    /// Bits of the largest whole number that a template may make.
    private static final int MAX_BITS = 1 << 16;

    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private PyNumbers() {}

    /// Whether it counts as a number.
    static boolean isNumber(Object value) {
        return value instanceof Long
                || value instanceof Double
                || value instanceof BigInteger
                || value instanceof Boolean;
    }

    /// Whether it counts as a whole number.
    static boolean isInteger(Object value) {
        return isNumber(value) && !(value instanceof Double);
    }

    /// A `Long` where it fits.
    static Object narrowed(BigInteger value) {
        if (value.bitLength() > MAX_BITS) {
            throw TemplateFault.limit("a number of more than " + MAX_BITS + " bits");
        }
        return value.compareTo(LONG_MIN) >= 0 && value.compareTo(LONG_MAX) <= 0
                ? (Object) value.longValue()
                : value;
    }

    /// The whole number as a `BigInteger`.
    static BigInteger big(Object value) {
        return switch (value) {
            case BigInteger big -> big;
            case Long number -> BigInteger.valueOf(number);
            case Boolean bool -> bool ? BigInteger.ONE : BigInteger.ZERO;
            default -> throw new IllegalArgumentException("not whole: " + value);
        };
    }

    /// The number as a float.
    static double real(Object value) {
        return value instanceof Double number ? number : big(value).doubleValue();
    }

    /// An operation of two numbers.
    static Object apply(JinjaExpr.Operator operator, Object left, Object right) {
        if (left instanceof Double || right instanceof Double) {
            return reals(operator, real(left), real(right));
        }
        if (operator == JinjaExpr.Operator.DIVIDE) {
            return reals(operator, real(left), real(right));
        }
        return wholes(operator, big(left), big(right));
    }

    private static Object wholes(JinjaExpr.Operator operator, BigInteger a, BigInteger b) {
        return switch (operator) {
            case ADD -> narrowed(a.add(b));
            case SUBTRACT -> narrowed(a.subtract(b));
            case MULTIPLY -> narrowed(a.multiply(b));
            case FLOOR_DIVIDE -> narrowed(floorDivide(a, nonZero(b, "integer division or modulo")));
            case MODULO ->
                    narrowed(
                            a.subtract(
                                    floorDivide(a, nonZero(b, "integer division or modulo"))
                                            .multiply(b)));
            case POWER -> power(a, b);
            case DIVIDE -> a.doubleValue() / b.doubleValue();
        };
    }

    private static BigInteger nonZero(BigInteger divisor, String what) {
        if (divisor.signum() == 0) {
            throw new TemplateFault("ZeroDivisionError", what + " by zero");
        }
        return divisor;
    }

    private static BigInteger floorDivide(BigInteger a, BigInteger b) {
        BigInteger[] parts = a.divideAndRemainder(b);
        return parts[1].signum() != 0 && parts[1].signum() != b.signum()
                ? parts[0].subtract(BigInteger.ONE)
                : parts[0];
    }

    private static Object power(BigInteger a, BigInteger b) {
        if (b.signum() < 0) {
            return reals(JinjaExpr.Operator.POWER, a.doubleValue(), b.doubleValue());
        }
        if (a.bitLength() > 1
                && (b.bitLength() > 31
                        || (long) a.bitLength() * b.intValueExact() > 2L * MAX_BITS)) {
            throw TemplateFault.limit("a number of more than " + MAX_BITS + " bits");
        }
        BigInteger exponent = b.bitLength() > 31 ? b.and(BigInteger.ONE) : b;
        return narrowed(a.pow(exponent.intValueExact()));
    }

    private static Object reals(JinjaExpr.Operator operator, double a, double b) {
        return switch (operator) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / nonZero(b, "division by zero");
            case FLOOR_DIVIDE -> Math.floor(a / nonZero(b, "float floor division by zero"));
            case MODULO -> modulo(a, nonZero(b, "float modulo"));
            case POWER -> Math.pow(a, b);
        };
    }

    private static double nonZero(double divisor, String what) {
        if (divisor == 0) {
            throw new TemplateFault("ZeroDivisionError", what);
        }
        return divisor;
    }

    private static double modulo(double a, double b) {
        double rest = a % b;
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    }

    /// `-a`
    static Object negated(Object value) {
        return value instanceof Double number ? (Object) (-number) : narrowed(big(value).negate());
    }

    /// Less than 0, 0, or more than 0, as `a` is less than, equal to or more than `b`; both must be
    /// numbers, and none NaN.
    static int compare(Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            return Long.compare(x, y);
        }
        if (isInteger(a) && isInteger(b)) {
            return big(a).compareTo(big(b));
        }
        double x = real(a);
        double y = real(b);
        if (Double.isInfinite(x) || Double.isInfinite(y)) {
            return Double.compare(x, y);
        }
        return decimal(a).compareTo(decimal(b));
    }

    /// Whether it is NaN.
    static boolean isNaN(Object value) {
        return value instanceof Double number && number.isNaN();
    }

    private static BigDecimal decimal(Object value) {
        return value instanceof Double number ? new BigDecimal(number) : new BigDecimal(big(value));
    }

    /// A number as Python prints it.
    static String text(Object value) {
        return switch (value) {
            case Boolean bool -> bool ? "True" : "False";
            case Double number -> shortest(number);
            default -> value.toString();
        };
    }

    /// The shortest digits that give the float back, as `repr` writes them.
    private static String shortest(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal digits = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
        String sign = value < 0 ? "-" : "";
        int exponent = digits.precision() - digits.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = digits.toPlainString();
            return sign + (plain.contains(".") ? plain : plain + ".0");
        }
        String unscaled = digits.unscaledValue().toString();
        String fraction = unscaled.length() > 1 ? "." + unscaled.substring(1) : "";
        String size = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : "" + Math.abs(exponent);
        return sign + unscaled.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + size;
    }
}
