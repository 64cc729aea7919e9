package dev.attune.bench;

import java.util.List;
import java.util.Locale;
import java.util.Random;

/// Says a question once more, the same in other letters; each kind is further from the original.
enum Rewording {
    /// Letter by letter.
    COPY,
    /// Other case, punctuation and spaces.
    LETTERS,
    /// One word with a slip of the finger.
    TYPO,
    /// A greeting, and other function words.
    POLITE,
    /// Polite, and with a slip of the finger.
    BOTH,
    /// Slips of the finger in two words, which is beyond what is promised.
    TWO_TYPOS,
    /// The same words in another sentence, which is beyond what is promised.
    OTHER_SENTENCE;

    private static final List<String> GREETINGS =
            List.of("Hello, ", "Hi, ", "Please, ", "Hey, ", "Hello please, ");

    /// The question, reworded; never the original unless it is to be copied.
    String of(MadeUpRows.Row row, Random random) {
        String prompt = row.prompt();
        return switch (this) {
            case COPY -> prompt;
            case LETTERS -> letters(prompt, random);
            case TYPO -> typo(prompt, row, random);
            case POLITE -> polite(prompt, random);
            case BOTH -> typo(polite(prompt, random), row, random);
            case TWO_TYPOS -> twoTypos(prompt, row, random);
            case OTHER_SENTENCE ->
                    "Tell me all that I have to know before I %s this %s %s; it is in the %s."
                            .formatted(row.words().toArray());
        };
    }

    /// Whether a search for alike rows promises to find it.
    boolean isPromised() {
        return switch (this) {
            case COPY, LETTERS, TYPO, POLITE, BOTH -> true;
            case TWO_TYPOS, OTHER_SENTENCE -> false;
        };
    }

    private static String twoTypos(String prompt, MadeUpRows.Row row, Random random) {
        String once = prompt;
        for (String word : row.words().subList(1, 3)) {
            once = once.replace(word, word.charAt(0) + word.substring(2));
        }
        return random.nextBoolean() ? once : once + "?";
    }

    private static String letters(String prompt, Random random) {
        String bare = prompt.substring(0, prompt.length() - 1);
        return switch (random.nextInt(3)) {
            case 0 -> prompt.toUpperCase(Locale.ROOT) + "!";
            case 1 -> "  " + bare.toLowerCase(Locale.ROOT) + " ??";
            default -> bare.replace(" ", "  ") + ".";
        };
    }

    /// A letter left out, doubled, or swapped with its neighbour, in a word that tells the question
    /// from others.
    private static String typo(String prompt, MadeUpRows.Row row, Random random) {
        int longest = row.words().stream().mapToInt(String::length).max().orElseThrow();
        List<String> telling =
                row.words().stream().filter(word -> word.length() >= Math.min(5, longest)).toList();
        String word = telling.get(random.nextInt(telling.size()));
        int at = 1 + random.nextInt(Math.max(1, word.length() - 3));
        char c = word.charAt(at);
        char next = word.charAt(at + 1);
        String wrong =
                switch (random.nextInt(3)) {
                    case 0 -> word.substring(0, at) + word.substring(at + 1);
                    case 1 -> word.substring(0, at) + c + word.substring(at);
                    default ->
                            c == next
                                    ? word.substring(0, at) + word.substring(at + 1)
                                    : word.substring(0, at) + next + c + word.substring(at + 2);
                };
        return prompt.replace(word, wrong);
    }

    private static String polite(String prompt, Random random) {
        String changed =
                prompt.replace(" the ", " this ")
                        .replace("I want to", "I would like to")
                        .replace("Can you", "Could you please")
                        .replace(" my ", " our ");
        String greeting = GREETINGS.get(random.nextInt(GREETINGS.size()));
        return greeting
                + Character.toLowerCase(changed.charAt(0))
                + changed.substring(1)
                + " Thanks!";
    }
}
