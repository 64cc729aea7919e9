package dev.attune.starter;

import java.util.random.RandomGenerator;

/// Values that stand in no table.
final class Makers {
    private Makers() {}

    /// @throws IllegalArgumentException if there is no such maker
    static String make(String name, RandomGenerator random) {
        return switch (name) {
            case "order" -> digits(random, random.nextInt(4, 7));
            case "code" -> letter(random) + letter(random) + "-" + digits(random, 3);
            case "price" -> random.nextInt(3, 100) + (random.nextBoolean() ? ".50" : ".90");
            case "clock" -> random.nextInt(1, 13) + ":" + random.nextInt(1, 6) + "0";
            case "brand" -> Polish.capital(syllable(random) + syllable(random)) + ending(random);
            case "zip" -> digits(random, 5);
            default ->
                    throw new IllegalArgumentException(
                            "There is no variable, table or maker " + name + ".");
        };
    }

    private static String digits(RandomGenerator random, int count) {
        StringBuilder digits = new StringBuilder().append(random.nextInt(1, 10));
        while (digits.length() < count) {
            digits.append(random.nextInt(10));
        }
        return digits.toString();
    }

    private static String syllable(RandomGenerator random) {
        return "" + "bdfgklmnprstvz".charAt(random.nextInt(14)) + "aeiou".charAt(random.nextInt(5));
    }

    private static String ending(RandomGenerator random) {
        return String.valueOf("lnrstx".charAt(random.nextInt(6)));
    }

    private static String letter(RandomGenerator random) {
        return String.valueOf((char) ('A' + random.nextInt(26)));
    }
}
