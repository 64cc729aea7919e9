package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// Rows that ask the same and answer differently, in groups, and which answer of each is right by
/// the rule of a cleaning, or since a person decided so.
///
/// Memory grows with the rows in such groups only.
final class ContradictionGroups {
    private final RowIndex index;
    private final ComparedRows rows;
    private final RowGroups groups;
    private final Map<Integer, Answers> contradicted = new TreeMap<>();

    /// The answers of a group: how often each is given, and the rows that rules look at.
    private static final class Answers {
        private final Map<Long, Integer> counts = new HashMap<>();
        private int first = -1;
        private int last = -1;
        private int longest = -1;
        private int kept = -1;
    }

    ContradictionGroups(RowIndex index, AlikeRows alike, ComparedRows rows) {
        this.index = index;
        this.rows = rows;
        this.groups = new RowGroups(index.size());
        for (int row = 0; row < index.size(); row++) {
            groups.join(index.firstWithPrompt(row), row);
        }
        for (AlikeRows.Pair pair : alike.pairs()) {
            if (contradicts(pair)) {
                groups.join(pair.a(), pair.b());
            }
        }
        for (AlikeRows.Pair pair : alike.pairs()) {
            if (contradicts(pair)) {
                contradicted.computeIfAbsent(groups.group(pair.a()), _ -> new Answers());
            }
        }
    }

    private boolean contradicts(AlikeRows.Pair pair) {
        BitSet kept = rows.kept();
        boolean asksTheSame =
                switch (pair.prompts()) {
                    case SAME, REWORDED -> true;
                    case CLOSE, APART -> false;
                };
        return asksTheSame
                && pair.differ()
                && (pair.shortAnswers() || kept.get(pair.a()) || kept.get(pair.b()));
    }

    /// Marks the rows that are not right.
    ///
    /// @throws AttuneException of kind USER if two rows of a group were decided to be right
    void settle(CleanSteps.Contradictions rule, RowVerdicts into) {
        Problems problems = new Problems("Two decisions contradict one another");
        for (int row = 0; row < index.size(); row++) {
            Answers answers = contradicted.get(groups.group(row));
            if (answers != null && !rows.dropped().get(row)) {
                see(answers, row, problems);
            }
        }
        problems.throwIfAny();
        for (int row = 0; row < index.size(); row++) {
            Answers answers = contradicted.get(groups.group(row));
            if (answers != null && !rows.dropped().get(row) && isWrong(answers, row, rule)) {
                into.set(row, RowVerdicts.Kind.CONTRADICTION, right(answers, rule));
            }
        }
    }

    private void see(Answers answers, int row, Problems problems) {
        answers.counts.merge(index.answer(row), 1, Integer::sum);
        answers.first = answers.first < 0 ? row : answers.first;
        answers.last = row;
        LongList chars = rows.answerChars();
        if (answers.longest < 0 || chars.at(row) > chars.at(answers.longest)) {
            answers.longest = row;
        }
        if (rows.kept().get(row)) {
            if (answers.kept >= 0 && index.answer(answers.kept) != index.answer(row)) {
                problems.add(
                        AttuneException.user(
                                        "%s and %s are both to be kept, but ask the same and answer"
                                                        .formatted(
                                                                index.origin(answers.kept),
                                                                index.origin(row))
                                                + " differently.")
                                .at(index.origin(row))
                                .fix("Decide for one of them."));
            }
            answers.kept = row;
        }
    }

    private boolean isWrong(Answers answers, int row, CleanSteps.Contradictions rule) {
        long answer = index.answer(row);
        if (answers.kept >= 0) {
            return answer != index.answer(answers.kept);
        }
        return switch (rule) {
            case KEEP -> false;
            case DROP -> true;
            case MAJORITY -> {
                int most = most(answers);
                long winners = answers.counts.values().stream().filter(n -> n == most).count();
                yield winners > 1 || answers.counts.getOrDefault(answer, 0) < most;
            }
            case FIRST -> answer != index.answer(answers.first);
            case LAST -> answer != index.answer(answers.last);
            case LONGEST -> answer != index.answer(answers.longest);
        };
    }

    /// A row that the wrong ones are named with: the right one, or the first where none is.
    private int right(Answers answers, CleanSteps.Contradictions rule) {
        if (answers.kept >= 0) {
            return answers.kept;
        }
        return switch (rule) {
            case KEEP, DROP, MAJORITY, FIRST -> answers.first;
            case LAST -> answers.last;
            case LONGEST -> answers.longest;
        };
    }

    private static int most(Answers answers) {
        return answers.counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }
}
