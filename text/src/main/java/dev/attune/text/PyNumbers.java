package dev.attune.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/// Python's numbers: whole ones of any size (`Long`, or `BigInteger` where that is too small),
/// floats (`Double`), and booleans, which count as 0 and 1.
final class PyNumbers {
    /// Bits of the largest whole number that a template may make.
    private static final int MAX_BITS = 1 << 16;

    private static final int MAX_DIGITS = 4300;

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
        return switch (value) {
            case Double number -> number;
            case Long number -> number;
            default -> {
                double real = big(value).doubleValue();
                if (Double.isInfinite(real)) {
                    throw overflow("int too large to convert to float");
                }
                yield real;
            }
        };
    }

    private static TemplateFault overflow(String message) {
        return new TemplateFault("OverflowError", message);
    }

    /// A value that must be a whole number, such as an index or a width.
    static long index(Object value) {
        return switch (value) {
            case Long number -> number;
            case Boolean bool -> bool ? 1 : 0;
            case BigInteger number -> number.signum() * (Long.MAX_VALUE >> 1);
            default ->
                    throw TemplateFault.type(
                            "'"
                                    + PyTypes.name(value)
                                    + "' object cannot be interpreted as an integer");
        };
    }

    /// The digits of a whole number; as in Python, no more than 4300.
    static String decimal(BigInteger number) {
        String digits = number.toString();
        if (digits.length() > MAX_DIGITS
                && digits.length() - (number.signum() < 0 ? 1 : 0) > MAX_DIGITS) {
            throw TemplateFault.value(
                    "Exceeds the limit ("
                            + MAX_DIGITS
                            + " digits) for integer string conversion; use"
                            + " sys.set_int_max_str_digits() to increase the limit");
        }
        return digits;
    }

    /// All that equals a number, itself first.
    static List<Object> sameAs(Object number) {
        List<Object> equals = new ArrayList<>(List.of(number));
        Object whole = number;
        if (number instanceof Double real) {
            if (real != Math.rint(real) || Double.isInfinite(real)) {
                return equals;
            }
            whole = PyConversions.truncated(real);
        }
        whole = narrowed(big(whole));
        double real = big(whole).doubleValue();
        equals.add(whole);
        if (Double.isFinite(real) && PyConversions.truncated(real).equals(whole)) {
            equals.add(real);
        }
        if (whole.equals(0L) || whole.equals(1L)) {
            equals.add(whole.equals(1L));
            equals.add(whole.equals(1L) ? 1.0 : -0.0);
        }
        return equals;
    }

    /// How many steps an operation counts: those of huge numbers take long.
    static long steps(JinjaExpr.Operator operator, Object left, Object right) {
        boolean small = !(left instanceof BigInteger) && !(right instanceof BigInteger);
        if (small && operator != JinjaExpr.Operator.POWER) {
            return 0;
        }
        if (operator == JinjaExpr.Operator.POWER) {
            return right instanceof Long power && power < 20 && small ? 10 : 4000;
        }
        return 10 + words(left) * words(right) / 256;
    }

    private static long words(Object number) {
        return number instanceof BigInteger big ? big.bitLength() / 32 + 1 : 1;
    }

    /// An operation of two numbers.
    static Object apply(JinjaExpr.Operator operator, Object left, Object right) {
        if (left instanceof Double || right instanceof Double) {
            return reals(operator, real(left), real(right));
        }
        if (operator == JinjaExpr.Operator.DIVIDE) {
            return quotient(big(left), big(right));
        }
        if (left instanceof Long a && right instanceof Long b && isSmall(a) && isSmall(b)) {
            switch (operator) {
                case ADD -> {
                    return a + b;
                }
                case SUBTRACT -> {
                    return a - b;
                }
                case MULTIPLY -> {
                    return a * b;
                }
                case FLOOR_DIVIDE -> {
                    if (b != 0) {
                        return Math.floorDiv(a, b);
                    }
                }
                case MODULO -> {
                    if (b != 0) {
                        return Math.floorMod(a, b);
                    }
                }
                case DIVIDE, POWER -> {}
            }
        }
        return wholes(operator, big(left), big(right));
    }

    /// So small that nothing but a power leaves the range of `long`.
    private static boolean isSmall(long number) {
        return number == (int) number;
    }

    /// The quotient nearest to that of whole numbers of any size.
    private static Object quotient(BigInteger a, BigInteger b) {
        nonZero(b, "division");
        if (a.bitLength() <= 53 && b.bitLength() <= 53) {
            return a.doubleValue() / b.doubleValue();
        }
        double quotient =
                new BigDecimal(a).divide(new BigDecimal(b), new MathContext(800)).doubleValue();
        if (Double.isInfinite(quotient)) {
            throw overflow("integer division result too large for a float");
        }
        return quotient;
    }

    private static Object wholes(JinjaExpr.Operator operator, BigInteger a, BigInteger b) {
        return switch (operator) {
            case ADD -> narrowed(a.add(b));
            case SUBTRACT -> narrowed(a.subtract(b));
            case MULTIPLY -> narrowed(a.multiply(b));
            case FLOOR_DIVIDE -> narrowed(floorDivide(a, nonZero(b, "integer division or modulo")));
            case MODULO ->
                    narrowed(a.subtract(floorDivide(a, nonZero(b, "integer modulo")).multiply(b)));
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
            case DIVIDE -> a / nonZero(b, "float division by zero");
            case FLOOR_DIVIDE -> floorDivide(a, nonZero(b, "float floor division by zero"));
            case MODULO -> modulo(a, nonZero(b, "float modulo"));
            case POWER -> power(a, b);
        };
    }

    private static double power(double a, double b) {
        if (a == 0 && b < 0) {
            throw new TemplateFault(
                    "ZeroDivisionError", "0.0 cannot be raised to a negative power");
        }
        if (a == 1 || b == 0) {
            return 1;
        }
        if (a < 0 && Double.isFinite(a) && Double.isFinite(b) && b != Math.rint(b)) {
            throw TemplateFault.limit("a complex number");
        }
        double power = a == -1 && Double.isInfinite(b) ? 1 : Math.pow(a, b);
        if (Double.isInfinite(power) && Double.isFinite(a) && Double.isFinite(b)) {
            throw overflow("(34, 'Numerical result out of range')");
        }
        return power;
    }

    private static double floorDivide(double a, double b) {
        double rest = a % b;
        double quotient = (a - rest) / b;
        if (rest != 0 && (b < 0) != (rest < 0)) {
            quotient -= 1;
        }
        if (quotient == 0) {
            return Math.copySign(0.0, a / b);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double nonZero(double divisor, String what) {
        if (divisor == 0) {
            throw new TemplateFault("ZeroDivisionError", what);
        }
        return divisor;
    }

    private static double modulo(double a, double b) {
        double rest = a % b;
        if (rest == 0) {
            return Math.copySign(0.0, b);
        }
        return (rest < 0) != (b < 0) ? rest + b : rest;
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
        if (isInfinite(a) || isInfinite(b)) {
            return Double.compare(isInfinite(a) ? real(a) : 0, isInfinite(b) ? real(b) : 0);
        }
        if (a instanceof BigInteger big && big.bitLength() > Double.MAX_EXPONENT + 1) {
            return big.signum();
        }
        if (b instanceof BigInteger big && big.bitLength() > Double.MAX_EXPONENT + 1) {
            return -big.signum();
        }
        return decimal(a).compareTo(decimal(b));
    }

    private static boolean isInfinite(Object value) {
        return value instanceof Double number && number.isInfinite();
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
            case BigInteger number -> decimal(number);
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
