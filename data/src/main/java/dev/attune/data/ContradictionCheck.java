package dev.attune.data;

import dev.attune.data.Finding.Severity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The same question, or nearly the same, with answers that say different things; and the accuracy
/// that no model can pass because of it.
record ContradictionCheck(RowIndex index, AlikeRows alike, int trainRows, int maxPairs) {
    List<Finding> findings() {
        PairFindings labels = new PairFindings(index, maxPairs);
        PairFindings texts = new PairFindings(index, maxPairs);
        for (AlikeRows.Pair pair : alike.pairs()) {
            if (contradicts(pair)) {
                (pair.shortAnswers() ? labels : texts).add(pair.a(), pair.b());
            }
        }
        List<Finding> findings = new ArrayList<>();
        labels.into(
                findings,
                Severity.ERROR,
                "contradiction",
                "%,d pairs ask the same and give different short answers or labels." + ceiling(),
                "Settle which is right; attune data clean --contradictions majority keeps the more"
                        + " frequent answer.");
        texts.into(
                findings,
                Severity.WARNING,
                "different_answers",
                "%,d pairs ask the same and give answers that say different things.",
                "Look at some: for creative tasks that is fine, for facts and policies it is not.");
        return findings;
    }

    private boolean contradicts(AlikeRows.Pair pair) {
        boolean asked =
                switch (pair.prompts()) {
                    case SAME, REWORDED -> true;
                    case CLOSE, APART -> false;
                };
        return asked && pair.differ() && pair.a() < trainRows && pair.b() < trainRows;
    }

    /// Of each group of rows that ask the same, a model can be right on those with the most
    /// frequent answer only.
    private String ceiling() {
        RowGroups groups = new RowGroups(trainRows);
        for (int row = 0; row < trainRows; row++) {
            groups.join(index.firstWithPrompt(row), row);
        }
        Map<Integer, Boolean> contradicted = new HashMap<>();
        for (AlikeRows.Pair pair : alike.pairs()) {
            if (contradicts(pair) && pair.shortAnswers()) {
                groups.join(pair.a(), pair.b());
            }
        }
        for (AlikeRows.Pair pair : alike.pairs()) {
            if (contradicts(pair) && pair.shortAnswers()) {
                contradicted.put(groups.group(pair.a()), true);
            }
        }
        Map<Integer, Map<Long, Integer>> answers = new HashMap<>();
        for (int row = 0; row < trainRows; row++) {
            if (contradicted.containsKey(groups.group(row))) {
                answers.computeIfAbsent(groups.group(row), _ -> new HashMap<>())
                        .merge(index.answer(row), 1, Integer::sum);
            }
        }
        long wrong = 0;
        for (Map<Long, Integer> counts : answers.values()) {
            int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
            wrong += counts.values().stream().mapToInt(Integer::intValue).sum() - most;
        }
        double share = 100.0 * (double) (trainRows - wrong) / Math.max(1, trainRows);
        return String.format(
                Locale.ROOT,
                " No model can be right on more than %.1f %%%% of these rows.",
                Math.floor(share * 10) / 10);
    }
}
