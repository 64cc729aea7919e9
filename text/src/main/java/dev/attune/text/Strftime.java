package dev.attune.text;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/// Dates as C's `strftime` writes them in the C locale.
final class Strftime {
    private Strftime() {}

    /// The time in a format such as `%d %b %Y`; an unknown directive stays as it is.
    static String format(String format, LocalDateTime time) {
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < format.length()) {
            char c = format.charAt(i++);
            if (c != '%' || i == format.length()) {
                out.append(c);
                continue;
            }
            char directive = format.charAt(i++);
            if (directive == '-' && i < format.length()) {
                String padded = directive(format.charAt(i++), time);
                String bare = padded.replaceFirst("^[0 ]+(?=.)", "");
                out.append(bare);
            } else {
                out.append(directive(directive, time));
            }
        }
        return out.toString();
    }

    private static String directive(char directive, LocalDateTime time) {
        return switch (directive) {
            case 'Y' -> String.valueOf(time.getYear());
            case 'C' -> two(time.getYear() / 100);
            case 'y' -> two(time.getYear() % 100);
            case 'm' -> two(time.getMonthValue());
            case 'd' -> two(time.getDayOfMonth());
            case 'e' -> String.format("%2d", time.getDayOfMonth());
            case 'H' -> two(time.getHour());
            case 'I' -> two(time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'M' -> two(time.getMinute());
            case 'S' -> two(time.getSecond());
            case 'f' -> String.format("%06d", time.getNano() / 1000);
            case 'p' -> time.getHour() < 12 ? "AM" : "PM";
            case 'j' -> String.format("%03d", time.getDayOfYear());
            case 'u' -> String.valueOf(time.getDayOfWeek().getValue());
            case 'w' -> String.valueOf(time.getDayOfWeek().getValue() % 7);
            case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'a' -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'V' -> two(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'G' -> String.valueOf(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'U' -> two((time.getDayOfYear() + 6 - time.getDayOfWeek().getValue() % 7) / 7);
            case 'W' -> two((time.getDayOfYear() + 7 - time.getDayOfWeek().getValue()) / 7);
            case 'D', 'x' -> format("%m/%d/%y", time);
            case 'F' -> format("%Y-%m-%d", time);
            case 'T', 'X' -> format("%H:%M:%S", time);
            case 'R' -> format("%H:%M", time);
            case 'r' -> format("%I:%M:%S %p", time);
            case 'c' -> format("%a %b %e %H:%M:%S %Y", time);
            case 's' -> String.valueOf(time.atZone(ZoneId.systemDefault()).toEpochSecond());
            case 'n' -> "\n";
            case 't' -> "\t";
            case '%' -> "%";
            case 'z', 'Z' -> "";
            default -> "%" + directive;
        };
    }

    private static String two(int number) {
        return (number < 10 ? "0" : "") + number;
    }
}
