package dev.attune.data;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Which rows a cleaning drops because of others, and because of which.
record RowDrops(RowIndex index, AlikeRows alike, CleanSteps steps) {
    /// For each dropped row the reason: `duplicate of train.jsonl:2`.
    Map<Integer, String> drops() {
        Map<Integer, String> drops = new TreeMap<>();
        switch (steps.contradictions()) {
            case KEEP -> {}
            case DROP, MAJORITY -> contradictions(drops);
        }
        switch (steps.duplicates()) {
            case KEEP -> {}
            case EXACT -> exact(drops);
            case NEAR -> {
                exact(drops);
                near(drops);
            }
        }
        return drops;
    }

    private void exact(Map<Integer, String> drops) {
        FirstRows first = new FirstRows();
        for (int row = 0; row < index.size(); row++) {
            if (drops.containsKey(row)) {
                continue;
            }
            long key = Hash64.of(index.firstWithPrompt(row), index.answer(row));
            int twin = first.first(key, row);
            if (twin != row) {
                drops.put(row, "duplicate of " + index.origin(twin));
            }
        }
    }

    /// Of a chain of rows each near the next, a row is dropped only for one that stays.
    private void near(Map<Integer, String> drops) {
        Map<Integer, Set<Integer>> twins = new TreeMap<>();
        for (AlikeRows.Pair pair : alike.pairs()) {
            if (!pair.differ()) {
                twins.computeIfAbsent(pair.b(), _ -> new HashSet<>()).add(pair.a());
            }
        }
        twins.forEach((row, others) ->
                others.stream()
                        .sorted()
                        .filter(other -> !drops.containsKey(other))
                        .findFirst()
                        .ifPresent(other ->
                                drops.putIfAbsent(
                                        row, "near duplicate of " + index.origin(other))));
    }

    private void contradictions(Map<Integer, String> drops) {
        RowGroups groups = new RowGroups(index.size());
        for (int row = 0; row < index.size(); row++) {
            groups.join(index.firstWithPrompt(row), row);
        }
        List<AlikeRows.Pair> pairs =
                alike.pairs().stream()
                        .filter(pair -> pair.differ() && pair.shortAnswers())
                        .filter(pair ->
                                switch (pair.prompts()) {
                                    case SAME, REWORDED -> true;
                                    case CLOSE, APART -> false;
                                })
                        .toList();
        pairs.forEach(pair -> groups.join(pair.a(), pair.b()));
        Set<Integer> contradicted = new HashSet<>();
        pairs.forEach(pair -> contradicted.add(groups.group(pair.a())));
        Map<Integer, Map<Long, Integer>> answers = new HashMap<>();
        for (int row = 0; row < index.size(); row++) {
            if (contradicted.contains(groups.group(row))) {
                answers.computeIfAbsent(groups.group(row), _ -> new HashMap<>())
                        .merge(index.answer(row), 1, Integer::sum);
            }
        }
        for (int row = 0; row < index.size(); row++) {
            Map<Long, Integer> counts = answers.get(groups.group(row));
            if (counts != null && !isRight(counts, index.answer(row))) {
                drops.put(
                        row, "contradiction of " + index.origin(groups.group(row)) + " and others");
            }
        }
    }

    private boolean isRight(Map<Long, Integer> counts, long answer) {
        int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        long winners = counts.values().stream().filter(n -> n == most).count();
        return steps.contradictions() == CleanSteps.Contradictions.MAJORITY
                && winners == 1
                && counts.getOrDefault(answer, 0) == most;
    }
}
