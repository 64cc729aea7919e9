package dev.attune.data;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The pairs of rows whose prompts are alike, each compared word by word; or the same with other
/// answers.
///
/// The candidates come from a [RowIndex]; their texts are read again, so many at a time that memory
/// stays bounded.
///
/// @param pairs in the order of their rows
/// @param isCapped whether not all candidates could be compared
record AlikeRows(List<Pair> pairs, boolean isCapped) {
    private static final int ROWS_A_PASS = 200_000;
    private static final int MAX_PASSES = 12;
    private static final int MAX_WORDS = 600;

    /// Copies the list.
    AlikeRows {
        pairs = List.copyOf(pairs);
    }

    /// Two rows.
    ///
    /// @param differ whether the answers say different things
    /// @param shortAnswers whether one of the answers is a label or a few words
    record Pair(int a, int b, Likeness prompts, boolean differ, boolean shortAnswers) {}

    private record Text(Words prompt, Words answer, String system) {}

    /// Compares what `index` holds.
    ///
    /// @param again opens the data that the index was made from, once more
    static AlikeRows find(RowIndex index, Supplier<RowStream> again) {
        LongList candidates = index.candidatePairs(_ -> true);
        addSamePrompts(index, candidates);
        candidates.sortUnique();
        List<Pair> pairs = new ArrayList<>();
        int from = 0;
        int passes = 0;
        while (from < candidates.size() && passes < MAX_PASSES) {
            BitSet wanted = new BitSet(index.size());
            int to = from;
            int rows = 0;
            while (to < candidates.size() && rows < ROWS_A_PASS) {
                for (int row : rows(candidates.at(to))) {
                    rows += wanted.get(row) ? 0 : 1;
                    wanted.set(row);
                }
                to++;
            }
            Map<Integer, Text> texts = texts(wanted, again);
            for (int i = from; i < to; i++) {
                int[] both = rows(candidates.at(i));
                compared(index, texts, both[0], both[1]).ifPresent(pairs::add);
            }
            from = to;
            passes++;
        }
        return new AlikeRows(pairs, index.isCapped() || from < candidates.size());
    }

    /// Rows with one prompt and another answer than its first row.
    private static void addSamePrompts(RowIndex index, LongList into) {
        for (int row = 0; row < index.size(); row++) {
            int first = index.firstWithPrompt(row);
            if (first != row && index.answer(first) != index.answer(row)) {
                into.add((long) first << 32 | row);
            }
        }
    }

    private static int[] rows(long pair) {
        return new int[] {(int) (pair >>> 32), (int) pair};
    }

    private static Map<Integer, Text> texts(BitSet wanted, Supplier<RowStream> again) {
        Map<Integer, Text> texts = new HashMap<>();
        Map<String, String> vocabulary = new HashMap<>();
        int row = 0;
        int last = wanted.length();
        try (RowStream stream = again.get()) {
            Optional<RowStream.Read> read = stream.next();
            while (read.isPresent() && row < last) {
                if (read.get() instanceof RowStream.Read.Understood understood) {
                    if (wanted.get(row)) {
                        RowText text = RowText.of(understood.example());
                        boolean plain = text.prompt().isBlank();
                        texts.put(
                                row,
                                new Text(
                                        shared(plain ? text.answer() : text.prompt(), vocabulary),
                                        shared(plain ? "" : text.answer(), vocabulary),
                                        text.system().strip()));
                    }
                    row++;
                }
                read = stream.next();
            }
        }
        return texts;
    }

    private static Words shared(String text, Map<String, String> vocabulary) {
        List<String> words = Words.of(text).all();
        return new Words(
                words.stream()
                        .limit(MAX_WORDS)
                        .map(word -> vocabulary.computeIfAbsent(word, w -> w))
                        .toList());
    }

    private static Optional<Pair> compared(RowIndex index, Map<Integer, Text> texts, int a, int b) {
        Text one = texts.get(a);
        Text other = texts.get(b);
        if (one == null || other == null) {
            // The file was changed between the passes.
            return Optional.empty();
        }
        if (index.firstWithPrompt(b) != a && !one.system.equals(other.system)) {
            return Optional.empty();
        }
        Likeness prompts = Likeness.of(one.prompt, other.prompt);
        if (prompts == Likeness.APART) {
            return Optional.empty();
        }
        int least = Math.min(one.answer.all().size(), other.answer.all().size());
        return Optional.of(
                new Pair(
                        a,
                        b,
                        prompts,
                        index.answer(a) != index.answer(b) && differ(one.answer, other.answer),
                        least <= SHORT_ANSWER));
    }

    private static final int SHORT_ANSWER = 12;

    /// Whether two answers say different things: short ones unless they are alike, long ones if
    /// they share less than half of their words, or other numbers or negations stand in them.
    private static boolean differ(Words a, Words b) {
        if (Likeness.of(a, b) != Likeness.APART) {
            return false;
        }
        if (Math.min(a.all().size(), b.all().size()) <= SHORT_ANSWER) {
            return true;
        }
        Map<String, Integer> counts = new HashMap<>();
        a.all().forEach(word -> counts.merge(word, 1, Integer::sum));
        int shared = 0;
        boolean telling = false;
        for (String word : b.all()) {
            int left = counts.getOrDefault(word, 0);
            if (left > 0) {
                counts.put(word, left - 1);
                shared++;
            } else {
                telling |= isTelling(word);
            }
        }
        telling |=
                counts.entrySet().stream().anyMatch(e -> e.getValue() > 0 && isTelling(e.getKey()));
        int all = a.all().size() + b.all().size() - shared;
        return telling || shared < all / 2;
    }

    private static boolean isTelling(String word) {
        return Words.isNumber(word)
                || switch (word) {
                    case "not", "no", "never", "cannot", "cant", "dont", "nicht", "kein", "nie" ->
                            true;
                    default -> false;
                };
    }
}
