package dev.attune.data;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The pairs of rows whose prompts are alike, each compared word by word; or the same with other
/// answers.
///
/// The candidates come from a [RowIndex]; their texts are read again, once, and lie in [RowTexts].
///
/// @param pairs in the order of their rows
/// @param partlyCompared of how many rows not all candidates could be compared
record AlikeRows(AlikePairs pairs, int partlyCompared) {
    private static final int SHORT_ANSWER = 12;

    /// Two rows.
    ///
    /// @param differ whether the answers say different things
    /// @param shortAnswers whether one of the answers is a label or a few words
    record Pair(int a, int b, Likeness prompts, boolean differ, boolean shortAnswers) {}

    /// Compares what `index` holds.
    ///
    /// @param again opens the data that the index was made from, once more
    /// @param progress hears of the pass over the data and of the pairs
    static AlikeRows find(RowIndex index, Supplier<RowStream> again, Progress progress) {
        AlikePairs pairs = new AlikePairs();
        try (SortedLongs candidates = new SortedLongs(SortedLongs.IN_MEMORY)) {
            index.candidatePairs(candidates, progress);
            addSamePrompts(index, candidates);
            BitSet wanted = new BitSet(index.size());
            long count = 0;
            for (var sorted = candidates.ascending(); sorted.hasNext(); count++) {
                long pair = sorted.next();
                wanted.set((int) (pair >>> 32));
                wanted.set((int) pair);
            }
            if (count > 0) {
                try (RowTexts texts = RowTexts.read(wanted, again, progress)) {
                    progress.begins("pairs compared", count);
                    compare(index, texts, candidates.ascending(), pairs, progress);
                }
            }
        }
        return new AlikeRows(pairs, index.partlyCompared());
    }

    private static void compare(
            RowIndex index,
            RowTexts texts,
            SortedLongs.Ascending candidates,
            AlikePairs into,
            Progress progress) {
        for (long done = 1; candidates.hasNext(); done++) {
            long pair = candidates.next();
            compared(index, texts, (int) (pair >>> 32), (int) pair).ifPresent(into::add);
            progress.at(done, done);
        }
    }

    /// Rows with one prompt and another answer than its first row.
    private static void addSamePrompts(RowIndex index, SortedLongs into) {
        for (int row = 0; row < index.size(); row++) {
            int first = index.firstWithPrompt(row);
            if (first != row && index.answer(first) != index.answer(row)) {
                into.add((long) first << 32 | row);
            }
        }
    }

    private static Optional<Pair> compared(RowIndex index, RowTexts texts, int a, int b) {
        Optional<RowTexts.Text> first = texts.of(a);
        Optional<RowTexts.Text> second = texts.of(b);
        if (first.isEmpty() || second.isEmpty()) {
            // The file was changed between the passes.
            return Optional.empty();
        }
        RowTexts.Text one = first.get();
        RowTexts.Text other = second.get();
        if (index.firstWithPrompt(b) != a && one.system() != other.system()) {
            return Optional.empty();
        }
        Likeness prompts = Likeness.of(one.prompt(), other.prompt());
        if (prompts == Likeness.APART) {
            return Optional.empty();
        }
        int least = Math.min(one.answer().all().size(), other.answer().all().size());
        return Optional.of(
                new Pair(
                        a,
                        b,
                        prompts,
                        index.answer(a) != index.answer(b) && differ(one.answer(), other.answer()),
                        least <= SHORT_ANSWER));
    }

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
