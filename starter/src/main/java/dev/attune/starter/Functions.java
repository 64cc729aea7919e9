package dev.attune.starter;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What a slot can do to its values.
final class Functions {
    /// All of them. Those of two numbers write a number.
    static final Set<String> NAMES =
            Set.of(
                    "cap",
                    "upper",
                    "lower",
                    "word",
                    "spaced",
                    "reversed",
                    "bigger",
                    "smaller",
                    "sum",
                    "less",
                    "times",
                    "first",
                    "last",
                    "count");

    private static final List<String> SMALL =
            List.of(
                    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
                            .split(" ", -1));
    private static final List<String> TENS =
            List.of("- - twenty thirty forty fifty sixty seventy eighty ninety".split(" ", -1));

    private Functions() {}

    /// @throws IllegalArgumentException if the values do not suit the function
    static String apply(String name, List<String> values) {
        String value = values.getFirst();
        return switch (name) {
            case "cap" -> Polish.capital(value);
            case "upper" -> value.toUpperCase(Locale.ROOT);
            case "lower" -> value.toLowerCase(Locale.ROOT);
            case "word" -> inWords(Integer.parseInt(value));
            case "spaced" -> String.join(" ", value.split("", -1)).strip();
            case "reversed" -> new StringBuilder(value).reverse().toString();
            case "first" -> value.substring(0, 1);
            case "last" -> value.substring(value.length() - 1);
            case "count" -> String.valueOf(value.length());
            default -> String.valueOf(ofNumbers(name, values));
        };
    }

    private static int ofNumbers(String name, List<String> values) {
        int a = Integer.parseInt(values.getFirst());
        int b = Integer.parseInt(values.getLast());
        return switch (name) {
            case "bigger" -> Math.max(a, b);
            case "smaller" -> Math.min(a, b);
            case "sum" -> a + b;
            case "less" -> a - b;
            case "times" -> a * b;
            default -> throw new IllegalArgumentException("no function " + name);
        };
    }

    /// A number from 0 to 100 in words.
    static String inWords(int number) {
        if (number < 0 || number > 100) {
            throw new IllegalArgumentException(number + " is not from 0 to 100");
        }
        if (number == 100) {
            return "one hundred";
        }
        if (number < SMALL.size()) {
            return SMALL.get(number);
        }
        String tens = TENS.get(number / 10);
        return number % 10 == 0 ? tens : tens + "-" + SMALL.get(number % 10);
    }
}
