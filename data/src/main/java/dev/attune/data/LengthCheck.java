package dev.attune.data;

import dev.attune.data.Finding.Severity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Answers that are far longer or shorter than the others.
final class LengthCheck implements RowCheck {
    private static final int FACTOR = 12;

    private final LengthHistogram lengths = new LengthHistogram();
    private final LongList chars = new LongList();
    private final int maxRows;

    LengthCheck(int maxRows) {
        this.maxRows = maxRows;
    }

    @Override
    public void see(CheckedRow checked) {
        RowText text = checked.text();
        int row = checked.row();
        lengths.add(text.answer().length());
        chars.add((long) text.answer().length() << 32 | row);
    }

    /// Lengths of the answers in characters.
    LengthHistogram lengths() {
        return lengths;
    }

    @Override
    public List<Finding> findings(RowIndex index) {
        List<Finding> findings = new ArrayList<>();
        long median = lengths.quantile(0.5);
        if (lengths.count() < 20 || median < 8) {
            return findings;
        }
        collect(index, median * FACTOR + 200, Long.MAX_VALUE, "long_answer", "longer", findings);
        if (median >= 60) {
            collect(index, 1, median / FACTOR, "short_answer", "shorter", findings);
        }
        return findings;
    }

    private void collect(
            RowIndex index, long from, long to, String code, String how, List<Finding> into) {
        List<Finding.Row> rows = new ArrayList<>();
        long count = 0;
        for (int i = 0; i < chars.size(); i++) {
            long length = chars.at(i) >>> 32;
            if (length >= from && length <= to) {
                count++;
                if (rows.size() < maxRows) {
                    rows.add(
                            new Finding.Row(
                                    index.origin((int) chars.at(i)), length + " characters"));
                }
            }
        }
        if (count > 0 && count * 20 < chars.size()) {
            into.add(
                    new Finding.InRows(
                            Severity.NOTE,
                            code,
                            String.format(
                                    Locale.ROOT,
                                    "%,d answers are far %s than the median of %,d characters.",
                                    count,
                                    how,
                                    lengths.quantile(0.5)),
                            "Look at them: such rows are often faults of an export.",
                            count,
                            rows));
        }
    }
}
