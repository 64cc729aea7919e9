package dev.attune.bench;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Random;

/// Personal data that belongs to nobody, and numbers that only look like such.
enum PersonalSamples {
    /// An e-mail address.
    EMAIL,
    /// A phone number in one of several notations.
    PHONE,
    /// A card number with a right check digit.
    CARD,
    /// An IBAN with right check digits.
    IBAN,
    /// A key of a service.
    API_KEY,
    /// A private key.
    PRIVATE_KEY;

    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final String ALL = LETTERS + "0123456789";

    /// As people write it into a text.
    String sample(Random random) {
        return switch (this) {
            case EMAIL ->
                    (word(random, 6) + "." + word(random, 8)).toLowerCase(Locale.ROOT)
                            + "@"
                            + word(random, 7).toLowerCase(Locale.ROOT)
                            + (random.nextBoolean() ? ".com" : ".co.uk");
            case PHONE -> phone(random);
            case CARD -> card(random, random.nextBoolean());
            case IBAN -> iban(random, random.nextBoolean());
            case API_KEY -> key(random);
            case PRIVATE_KEY ->
                    "-----BEGIN RSA PRIVATE KEY-----\n"
                            + from(ALL, 64, random)
                            + "\n-----END RSA PRIVATE KEY-----";
        };
    }

    /// What looks like personal data at a glance and is none.
    static String harmless(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> "order " + digits(random, 12);
            case 1 -> "on 2024-" + (10 + random.nextInt(3)) + "-" + (10 + random.nextInt(18));
            case 2 -> "for $" + digits(random, 3) + "," + digits(random, 3) + ".00";
            case 3 ->
                    "version 10."
                            + digits(random, 2)
                            + "."
                            + digits(random, 4)
                            + "."
                            + digits(random, 2);
            case 4 -> "by @" + word(random, 9);
            case 5 -> "card ending " + digits(random, 4);
            case 6 -> "serial " + wrongCard(random);
            case 7 -> "from 192.168." + random.nextInt(255) + "." + random.nextInt(255);
            case 8 -> "part " + word(random, 3).toUpperCase(Locale.ROOT) + "-" + digits(random, 5);
            default -> "commit " + from("0123456789abcdef", 40, random);
        };
    }

    private static String phone(Random random) {
        String a = digits(random, 3);
        String b = digits(random, 3);
        String c = digits(random, 4);
        return switch (random.nextInt(5)) {
            case 0 -> "+1 " + a + " " + b + " " + c;
            case 1 -> "(" + a + ") " + b + "-" + c;
            case 2 -> a + "-" + b + "-" + c;
            case 3 -> "+49 " + a + " " + digits(random, 7);
            default -> "+44 20 " + c + " " + digits(random, 4);
        };
    }

    private static String card(Random random, boolean spaced) {
        String start = "4" + digits(random, 14);
        for (int digit = 0; digit < 10; digit++) {
            String number = start + digit;
            if (luhn(number) % 10 == 0) {
                return spaced ? number.replaceAll("(.{4})(?=.)", "$1 ") : number;
            }
        }
        throw new IllegalStateException("one of ten digits is right");
    }

    private static String wrongCard(Random random) {
        String right = card(random, false);
        int last = right.charAt(15) - '0';
        return right.substring(0, 15) + (last + 1) % 10;
    }

    private static int luhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int value = (digits.charAt(digits.length() - 1 - i) - '0') * (1 + i % 2);
            sum += value > 9 ? value - 9 : value;
        }
        return sum;
    }

    private static String iban(Random random, boolean spaced) {
        String account = digits(random, 18);
        int rest = new BigInteger(account + "131400").mod(BigInteger.valueOf(97)).intValue();
        String iban = String.format(Locale.ROOT, "DE%02d%s", 98 - rest, account);
        return spaced ? iban.replaceAll("(.{4})(?=.)", "$1 ") : iban;
    }

    private static String key(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> "AKIA" + from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 16, random);
            case 1 -> "ghp_" + from(ALL, 36, random);
            case 2 -> "sk-" + from(ALL, 40, random);
            default -> "api_key = \"" + from(ALL, 14, random) + "7a3f9" + "\"";
        };
    }

    private static String digits(Random random, int count) {
        // The first is no zero, as in numbers that people give.
        return from("123456789", 1, random)
                + (count > 1 ? from("0123456789", count - 1, random) : "");
    }

    private static String word(Random random, int letters) {
        return from(LETTERS, letters, random);
    }

    private static String from(String characters, int count, Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(characters.charAt(random.nextInt(characters.length())));
        }
        return text.toString();
    }
}
