package dev.attune.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Training as it is defined, every pair counted anew for every merge.
final class SlowBpe {
    private SlowBpe() {}

    static List<String> merges(String text, int most) {
        List<List<String>> words = new ArrayList<>();
        Pattern.compile(TokenizerJson.GPT2_SPLIT, Pattern.UNICODE_CHARACTER_CLASS)
                .matcher(text)
                .results()
                .forEach(word -> words.add(symbols(word.group())));
        List<String> merges = new ArrayList<>();
        while (merges.size() < most) {
            Map<List<String>, Integer> counts = new HashMap<>();
            for (List<String> word : words) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    counts.merge(List.copyOf(word.subList(i, i + 2)), 1, Integer::sum);
                }
            }
            if (counts.isEmpty()) {
                return merges;
            }
            List<String> best =
                    counts.entrySet().stream()
                            .max(
                                    Map.Entry.<List<String>, Integer>comparingByValue()
                                            .thenComparing(e -> raw(e.getKey().getFirst()))
                                            .thenComparing(e -> raw(e.getKey().getLast())))
                            .orElseThrow()
                            .getKey();
            merges.add(String.join(" ", best));
            words.forEach(word -> merge(word, best));
        }
        return merges;
    }

    private static void merge(List<String> word, List<String> pair) {
        for (int i = 0; i + 1 < word.size(); i++) {
            if (word.subList(i, i + 2).equals(pair)) {
                word.set(i, String.join("", pair));
                word.remove(i + 1);
            }
        }
    }

    private static List<String> symbols(String word) {
        List<String> symbols = new ArrayList<>();
        String text = ByteLevel.text(word.getBytes(StandardCharsets.UTF_8));
        text.chars().forEach(c -> symbols.add(String.valueOf((char) c)));
        return symbols;
    }

    private static String raw(String token) {
        return new String(ByteLevel.bytes(token), StandardCharsets.ISO_8859_1);
    }
}
