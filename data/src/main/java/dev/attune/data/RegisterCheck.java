package dev.attune.data;

import dev.attune.data.Finding.Severity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Whether answers keep one register. Only plain markers count; most answers have none.
final class RegisterCheck implements RowCheck {
    private static final WordSet CASUAL =
            WordSet.of(
                    "hey", "yeah", "yep", "nope", "gonna", "wanna", "gotta", "kinda", "lol", "lmao",
                    "btw", "omg", "dude", "guys", "yall", "awesome", "cheers", "cool", "du", "dir",
                    "dich", "dein", "deine");
    private static final WordSet FORMAL =
            WordSet.of(
                    "sincerely",
                    "furthermore",
                    "moreover",
                    "hereby",
                    "pursuant",
                    "regret",
                    "madam",
                    "geehrte",
                    "geehrter",
                    "ihnen",
                    "ihre",
                    "regards",
                    "advised",
                    "kindly");
    private static final int MAX_WORDS = 500;

    private final LongList casual = new LongList();
    private final LongList formal = new LongList();
    private final int maxRows;
    private long seen;

    RegisterCheck(int maxRows) {
        this.maxRows = maxRows;
    }

    @Override
    public void see(CheckedRow checked) {
        RowText text = checked.text();
        int row = checked.row();
        seen++;
        int less = text.answer().contains("!!") ? 1 : 0;
        int more = 0;
        List<String> words = checked.answer().all();
        for (String word : words.subList(0, Math.min(MAX_WORDS, words.size()))) {
            less += CASUAL.contains(word) ? 1 : 0;
            more += FORMAL.contains(word) ? 1 : 0;
        }
        if (less > more) {
            casual.add(row);
        } else if (more > less) {
            formal.add(row);
        }
    }

    /// How many answers are casual, formal, and neither.
    long[] counts() {
        return new long[] {casual.size(), formal.size(), seen - casual.size() - formal.size()};
    }

    @Override
    public List<Finding> findings(RowIndex index) {
        LongList less = casual.size() < formal.size() ? casual : formal;
        long marked = casual.size() + (long) formal.size();
        if (less.size() == 0 || marked < 10 || marked * 20 < seen) {
            return List.of();
        }
        boolean stray = less.size() * 5L <= marked;
        List<Finding.Row> rows = new ArrayList<>();
        for (int i = 0; i < less.size() && i < maxRows; i++) {
            rows.add(
                    new Finding.Row(
                            index.origin((int) less.at(i)), less == casual ? "casual" : "formal"));
        }
        return List.of(
                new Finding.InRows(
                        stray ? Severity.WARNING : Severity.NOTE,
                        "register",
                        String.format(
                                Locale.ROOT,
                                "Of %,d answers %,d sound casual and %,d formal.",
                                seen,
                                casual.size(),
                                formal.size()),
                        "Choose one tone and rewrite the fewer: a model learns the mixture.",
                        less.size(),
                        rows));
    }
}
