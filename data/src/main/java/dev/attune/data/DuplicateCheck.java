package dev.attune.data;

import dev.attune.data.Finding.Severity;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Rows of the training data that are the same, or nearly so.
record DuplicateCheck(RowIndex index, AlikeRows alike, int trainRows, int maxPairs) {
    List<Finding> findings() {
        PairFindings exact = new PairFindings(index, maxPairs);
        PairFindings near = new PairFindings(index, maxPairs);
        FirstRows first = new FirstRows();
        for (int row = 0; row < trainRows; row++) {
            int prompt = index.firstWithPrompt(row);
            int twin = first.first(Hash64.of(prompt, index.answer(row)), row);
            if (twin != row) {
                exact.add(twin, row);
            }
        }
        BitSet counted = new BitSet(index.size());
        for (AlikeRows.Pair pair : alike.pairs()) {
            boolean inTrain = pair.a() < trainRows && pair.b() < trainRows;
            boolean same = index.answer(pair.a()) == index.answer(pair.b());
            boolean exactly = pair.prompts() == Likeness.SAME && same;
            if (inTrain && !pair.differ() && !exactly && !counted.get(pair.b())) {
                counted.set(pair.b());
                near.add(pair.a(), pair.b());
            }
        }
        List<Finding> findings = new ArrayList<>();
        exact.into(
                findings,
                Severity.WARNING,
                "duplicate",
                "%,d rows say the same as an earlier one, but for case, punctuation and spaces:"
                        + " they count twice in training.",
                "attune data clean --drop-duplicates exact keeps one of each.");
        near.into(
                findings,
                Severity.WARNING,
                "near_duplicate",
                "%,d rows are nearly the same as an earlier one.",
                "Look at some; attune data clean --drop-duplicates near keeps one of each.");
        return findings;
    }
}
