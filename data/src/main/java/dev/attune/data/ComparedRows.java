package dev.attune.data;

import java.util.BitSet;

/// What a cleaning keeps of each understood row beside the [RowIndex], to choose among rows that
/// are alike.
///
/// @param answerChars length of the answer
/// @param kept rows that a person decided to keep
/// @param dropped rows that a person decided to drop: no other row goes because of them
record ComparedRows(LongList answerChars, BitSet kept, BitSet dropped) {
    ComparedRows() {
        this(new LongList(), new BitSet(), new BitSet());
    }

    /// Sees the row of number `row`; rows come in their order.
    void see(int row, RowText text, Decisions decisions) {
        answerChars.add(text.answer().length());
        decisions
                .of(text.origin())
                .ifPresent(decision -> {
                    switch (decision.verb()) {
                        case KEEP -> kept.set(row);
                        case DROP -> dropped.set(row);
                    }
                });
    }
}
