package dev.attune.train;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/// Numbers and times as a reader of the report likes them, and text made safe for HTML.
final class ReportText {
    private ReportText() {}

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /// A whole number in groups of three digits.
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /// Four digits that count; very small and very great ones by powers of ten.
    static String number(double number) {
        if (!Double.isFinite(number)) {
            return Double.isNaN(number) ? "NaN" : number > 0 ? "∞" : "−∞";
        }
        return rounded(number, 4);
    }

    /// A short label beside an axis.
    static String tick(double number) {
        double size = Math.abs(number);
        if (size >= 10_000 && size < 1e12) {
            String letter = size >= 1e9 ? "G" : size >= 1e6 ? "M" : "k";
            double unit = size >= 1e9 ? 1e9 : size >= 1e6 ? 1e6 : 1e3;
            return rounded(number / unit, 4) + letter;
        }
        return rounded(number, 6);
    }

    /// Hours, minutes and seconds, the two greatest that are not 0.
    static String duration(double seconds) {
        if (seconds < 60) {
            return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
        }
        long whole = Math.round(seconds);
        if (whole < 3600) {
            return "%d min %d s".formatted(whole / 60, whole % 60);
        }
        long minutes = Math.round(seconds / 60);
        return minutes < 1440
                ? "%d h %d min".formatted(minutes / 60, minutes % 60)
                : "%d d %d h".formatted(minutes / 1440, minutes % 1440 / 60);
    }

    private static String rounded(double number, int digits) {
        if (number == 0) {
            return "0";
        }
        var exact = new BigDecimal(number).round(new MathContext(digits)).stripTrailingZeros();
        double size = Math.abs(number);
        if (size >= 1e-3 && size < 1e7) {
            return exact.toPlainString().replace('-', '−');
        }
        int power = exact.precision() - exact.scale() - 1;
        String digitsOnly = exact.scaleByPowerOfTen(-power).toPlainString();
        return (digitsOnly + "e" + power).replace('-', '−');
    }
}
