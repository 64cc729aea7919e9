package dev.attune.data;

import dev.attune.data.Finding.Severity;

import java.util.List;
import java.util.Locale;

/// Whether unusual prompts are represented at all: of hardly a word, far longer than most, without
/// a letter, or shouted. People write such, and a model that has never seen one makes something up.
final class EdgeCaseCheck implements RowCheck {
    private static final int MIN_ROWS = 50;
    private static final int FEW_WORDS = 2;
    private static final int FAR_LONGER = 5;

    private final LengthHistogram words = new LengthHistogram();
    private long brief;
    private long unworded;
    private long shouted;

    @Override
    public void see(CheckedRow checked) {
        String prompt = checked.text().prompt();
        if (prompt.isBlank()) {
            return;
        }
        int count = checked.prompt().all().size();
        words.add(count);
        boolean letters = prompt.codePoints().anyMatch(Character::isLetter);
        unworded += letters ? 0 : 1;
        brief += count <= FEW_WORDS ? 1 : 0;
        shouted += letters && count > 1 && prompt.equals(prompt.toUpperCase(Locale.ROOT)) ? 1 : 0;
    }

    @Override
    public List<Finding> findings(RowIndex index) {
        long median = words.quantile(0.5);
        if (words.count() < MIN_ROWS || median <= FEW_WORDS) {
            return List.of();
        }
        long longer =
                words.buckets().stream()
                        .filter(bucket -> bucket.from() > FAR_LONGER * median)
                        .mapToLong(LengthHistogram.Bucket::count)
                        .sum();
        if (brief + unworded + shouted + longer > 0) {
            return List.of();
        }
        return List.of(
                new Finding.InSet(
                        Severity.NOTE,
                        "no_edge_cases",
                        "No prompt is of a word or two, far longer than the median of %,d words,"
                                        .formatted(median)
                                + " without letters, or in capitals.",
                        "People will write such: add a few, with the answer you want."));
    }
}
