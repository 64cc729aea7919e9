package dev.attune.data;

/// Which rows a cleaning drops or merges because of others, and because of which.
record RowDrops(RowIndex index, AlikeRows alike, ComparedRows rows, CleanSteps steps) {
    /// Contradictions are settled first: a duplicate goes only because of a row that stays.
    RowVerdicts verdicts() {
        RowVerdicts verdicts = new RowVerdicts(index.size());
        if (steps.contradictions() != CleanSteps.Contradictions.KEEP || !rows.kept().isEmpty()) {
            new ContradictionGroups(index, alike, rows).settle(steps.contradictions(), verdicts);
        }
        switch (steps.duplicates()) {
            case KEEP -> {}
            case EXACT -> exact(verdicts);
            case NEAR -> {
                exact(verdicts);
                near(verdicts);
            }
            case MERGE_EXACT -> {
                exact(verdicts);
                verdicts.merge(rows.answerChars());
            }
            case MERGE_NEAR -> {
                exact(verdicts);
                near(verdicts);
                verdicts.merge(rows.answerChars());
            }
        }
        return verdicts;
    }

    private void exact(RowVerdicts verdicts) {
        FirstRows first = new FirstRows();
        for (int row = 0; row < index.size(); row++) {
            if (isGone(row, verdicts)) {
                continue;
            }
            long key = Hash64.of(index.firstWithPrompt(row), index.answer(row));
            int twin = first.first(key, row);
            if (twin != row && !rows.kept().get(row)) {
                verdicts.set(row, RowVerdicts.Kind.DUPLICATE, twin);
            }
        }
    }

    /// Of a chain of rows each near the next, a row is dropped only for one that stays.
    private void near(RowVerdicts verdicts) {
        LongList twins = new LongList();
        for (AlikeRows.Pair pair : alike.pairs()) {
            if (!pair.differ()) {
                twins.add((long) pair.b() << 32 | pair.a());
            }
        }
        twins.sort();
        for (int i = 0; i < twins.size(); i++) {
            int row = (int) (twins.at(i) >>> 32);
            int other = (int) twins.at(i);
            if (!isGone(row, verdicts) && !isGone(other, verdicts) && !rows.kept().get(row)) {
                verdicts.set(row, RowVerdicts.Kind.NEAR_DUPLICATE, other);
            }
        }
    }

    private boolean isGone(int row, RowVerdicts verdicts) {
        return !verdicts.stays(row) || rows.dropped().get(row);
    }
}
