package dev.attune.data;

import dev.attune.data.Finding.Severity;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Rows of the held-out data that training has seen: the same, nearly the same, of the same
/// conversation, or from the same source. A score on them measures memory.
record LeakageCheck(RowIndex index, AlikeRows alike, Kinship kinship, int trainRows, int maxPairs) {
    List<Finding> findings() {
        PairFindings exact = new PairFindings(index, maxPairs);
        PairFindings near = new PairFindings(index, maxPairs);
        BitSet leaked = new BitSet(index.size());
        for (int row = trainRows; row < index.size(); row++) {
            int first = index.firstWithPrompt(row);
            if (first < trainRows) {
                exact.add(first, row);
                leaked.set(row);
            }
        }
        FirstRows nearTo = new FirstRows();
        for (AlikeRows.Pair pair : alike.pairs()) {
            if (pair.a() < trainRows && pair.b() >= trainRows) {
                nearTo.first(pair.b(), pair.a());
            }
        }
        for (int row = trainRows; row < index.size(); row++) {
            // Of held-out rows that ask the same only the first was compared.
            int other = nearTo.find(index.firstWithPrompt(row));
            if (other >= 0 && !leaked.get(row)) {
                leaked.set(row);
                near.add(other, row);
            }
        }
        PairFindings conversation = new PairFindings(index, maxPairs);
        kinship.acrossConversations(
                trainRows,
                (a, b) -> {
                    if (!leaked.get(b)) {
                        leaked.set(b);
                        conversation.add(a, b);
                    }
                });
        PairFindings source = new PairFindings(index, maxPairs);
        kinship.acrossSources(trainRows, source::add);
        List<Finding> findings = new ArrayList<>();
        String again = "Split again: attune data split keeps such rows on one side.";
        exact.into(
                findings,
                Severity.ERROR,
                "leak",
                "%,d held-out rows ask what a training row asks, word by word.",
                again);
        near.into(
                findings,
                Severity.ERROR,
                "near_leak",
                "%,d held-out rows ask nearly what a training row asks.",
                again);
        conversation.into(
                findings,
                Severity.ERROR,
                "conversation_leak",
                "%,d held-out rows are a part of a conversation that has others in training.",
                again);
        source.into(
                findings,
                Severity.NOTE,
                "source_leak",
                "%,d held-out rows come from a source that training rows come from.",
                "If answers depend on the source, split by it: attune data split --group COLUMN.");
        return findings;
    }
}
