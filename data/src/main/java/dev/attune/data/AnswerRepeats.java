package dev.attune.data;

import dev.attune.data.Finding.Severity;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Longer answers that stand word by word in several rows which ask different things, and prompts
/// that stand in several rows with different answers.
final class AnswerRepeats {
    /// Labels and other short answers recur by nature.
    private static final int MIN_WORDS = 12;

    private final int maxPairs;
    private final FirstRows first = new FirstRows();
    private final LongList repeats = new LongList();
    private int rows;

    AnswerRepeats(int maxPairs) {
        this.maxPairs = maxPairs;
    }

    /// Sees a row of the training data.
    void see(CheckedRow checked) {
        rows = checked.row() + 1;
        if (checked.answer().all().size() < MIN_WORDS || checked.text().prompt().isBlank()) {
            return;
        }
        int other = first.first(checked.answer().hash(), checked.row());
        if (other != checked.row()) {
            repeats.add((long) other << 32 | checked.row());
        }
    }

    /// What was found; rows that nearly repeat another one are told as such, and not again here.
    List<Finding> findings(RowIndex index, AlikeRows alike) {
        BitSet near = new BitSet(rows);
        for (AlikeRows.Pair pair : alike.pairs()) {
            if (!pair.differ()) {
                near.set(pair.b());
            }
        }
        PairFindings answers = new PairFindings(index, maxPairs);
        for (int i = 0; i < repeats.size(); i++) {
            int one = (int) (repeats.at(i) >>> 32);
            int other = (int) repeats.at(i);
            boolean samePrompt = index.firstWithPrompt(one) == index.firstWithPrompt(other);
            if (!samePrompt && !near.get(other)) {
                answers.add(one, other);
            }
        }
        PairFindings prompts = new PairFindings(index, maxPairs);
        for (int row = 0; row < rows; row++) {
            int same = index.firstWithPrompt(row);
            if (same != row && index.answer(same) != index.answer(row)) {
                prompts.add(same, row);
            }
        }
        List<Finding> findings = new ArrayList<>();
        answers.into(
                findings,
                Severity.NOTE,
                "same_answer",
                "%,d longer answers stand word by word in an earlier row that asks something else.",
                "If they are boilerplate, vary them; if they are meant, nothing is to be done.");
        prompts.into(
                findings,
                Severity.NOTE,
                "same_prompt",
                "%,d rows ask word by word what an earlier row asks, and answer otherwise.",
                "Several good answers to one question are fine; see the contradictions, if any.");
        return findings;
    }
}
