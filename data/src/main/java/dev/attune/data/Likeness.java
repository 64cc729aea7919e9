package dev.attune.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How alike two texts are, word by word.
enum Likeness {
    /// The same words in the same order.
    SAME,
    /// Differences in spelling, endings and function words alone: the same is asked.
    REWORDED,
    /// Long texts that share nearly all words and all numbers.
    CLOSE,
    /// Different texts.
    APART;

    private static final int LONG_WORDS = 40;
    private static final int MAX_ORDERED = 400;

    /// Compares `a` and `b`.
    static Likeness of(Words a, Words b) {
        if (a.all().equals(b.all())) {
            return SAME;
        }
        Map<String, Integer> counts = new HashMap<>();
        a.all().forEach(word -> counts.merge(word, 1, Integer::sum));
        b.all().forEach(word -> counts.merge(word, -1, Integer::sum));
        List<String> onlyA = new ArrayList<>();
        List<String> onlyB = new ArrayList<>();
        for (Map.Entry<String, Integer> entry : counts.entrySet()) {
            if (entry.getValue() != 0 && !Words.isFunction(entry.getKey())) {
                List<String> side = entry.getValue() > 0 ? onlyA : onlyB;
                for (int i = 0; i < Math.abs(entry.getValue()); i++) {
                    side.add(entry.getKey());
                }
            }
        }
        if (hasNumberOrSign(onlyA) || hasNumberOrSign(onlyB)) {
            return APART;
        }
        int shorter = Math.min(a.all().size(), b.all().size());
        int different = withoutTypos(onlyA, onlyB);
        boolean reworded = different == 0 && hasContent(a, b);
        boolean close = shorter >= LONG_WORDS && different <= shorter * 0.06;
        if ((!reworded && !close) || !inOrder(a.content(), b.content())) {
            return APART;
        }
        return reworded ? REWORDED : CLOSE;
    }

    /// Two texts of nothing but function words are alike only if they are the same.
    private static boolean hasContent(Words a, Words b) {
        return a.all().stream().anyMatch(w -> !Words.isFunction(w))
                && b.all().stream().anyMatch(w -> !Words.isFunction(w));
    }

    private static boolean hasNumberOrSign(List<String> words) {
        return words.stream()
                .anyMatch(w ->
                        Words.isNumber(w) || (w.length() == 1 && !Character.isLetter(w.charAt(0))));
    }

    /// How many words are left when each is taken with one of the other side that is spelt nearly
    /// so.
    private static int withoutTypos(List<String> a, List<String> b) {
        if (a.size() > 30 || b.size() > 30) {
            return Math.max(a.size(), b.size());
        }
        List<String> left = new ArrayList<>(b);
        int different = 0;
        for (String word : a) {
            if (!left.removeIf(new Once(word))) {
                different++;
            }
        }
        return Math.max(different, different == 0 ? left.size() : different + left.size() / 2);
    }

    /// Matches the first word that is spelt nearly as this one.
    private static final class Once implements java.util.function.Predicate<String> {
        private final String word;
        private boolean found;

        Once(String word) {
            this.word = word;
        }

        @Override
        public boolean test(String other) {
            if (!found && isTypo(word, other)) {
                found = true;
                return true;
            }
            return false;
        }
    }

    /// Whether one word may be the other with a slip of the finger, or another ending.
    static boolean isTypo(String a, String b) {
        if (Words.stem(a).equals(Words.stem(b))) {
            return true;
        }
        int shorter = Math.min(a.length(), b.length());
        // Short words that differ in a letter are other words, such as lamp and camp.
        boolean mayBe =
                a.length() == b.length()
                        ? shorter >= 6 || (shorter >= 4 && sorted(a).equals(sorted(b)))
                        : shorter >= 4;
        return mayBe
                && a.charAt(0) == b.charAt(0)
                && Math.abs(a.length() - b.length()) <= 1
                && oneEdit(a, b);
    }

    private static String sorted(String word) {
        char[] letters = word.toCharArray();
        Arrays.sort(letters);
        return String.valueOf(letters);
    }

    /// Whether one letter more, less or other, or two neighbours swapped, makes `a` of `b`.
    private static boolean oneEdit(String a, String b) {
        int start = 0;
        int least = Math.min(a.length(), b.length());
        while (start < least && a.charAt(start) == b.charAt(start)) {
            start++;
        }
        int endA = a.length();
        int endB = b.length();
        while (endA > start && endB > start && a.charAt(endA - 1) == b.charAt(endB - 1)) {
            endA--;
            endB--;
        }
        int restA = endA - start;
        int restB = endB - start;
        boolean swapped =
                restA == 2
                        && restB == 2
                        && a.charAt(start) == b.charAt(start + 1)
                        && a.charAt(start + 1) == b.charAt(start);
        return swapped || Math.max(restA, restB) <= 1;
    }

    /// Whether the words come in nearly the same order: the longest common subsequence holds all
    /// but a fifth of the shared ones.
    private static boolean inOrder(List<String> a, List<String> b) {
        int n = Math.min(a.size(), MAX_ORDERED);
        int m = Math.min(b.size(), MAX_ORDERED);
        int[] row = new int[m + 1];
        for (int i = 1; i <= n; i++) {
            int diagonal = 0;
            for (int j = 1; j <= m; j++) {
                int above = row[j];
                boolean equal =
                        a.get(i - 1).equals(b.get(j - 1)) || isTypo(a.get(i - 1), b.get(j - 1));
                row[j] = equal ? diagonal + 1 : Math.max(above, row[j - 1]);
                diagonal = above;
            }
        }
        return row[m] >= Math.ceil(0.85 * Math.min(n, m));
    }
}
