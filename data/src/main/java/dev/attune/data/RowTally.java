package dev.attune.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Counts rows by what is wrong with them, and keeps the first. Not thread-safe.
final class RowTally {
    private final int maxRows;
    private final Map<String, Kind> kinds = new LinkedHashMap<>();

    /// @param maxRows how many rows of each kind are kept
    RowTally(int maxRows) {
        this.maxRows = maxRows;
    }

    /// What a finding of some code says, and the rows so far.
    private static final class Kind {
        private final Finding.Severity severity;
        private final String message;
        private final String next;
        private final List<Finding.Row> rows = new ArrayList<>();
        private long count;

        Kind(Finding.Severity severity, String message, String next) {
            this.severity = severity;
            this.message = message;
            this.next = next;
        }

        Finding finding(String code) {
            return new Finding.InRows(
                    severity, code, String.format(Locale.ROOT, message, count), next, count, rows);
        }
    }

    /// Declares a kind; findings come in the order of declarations.
    ///
    /// @param message with `%,d` for the number of rows
    RowTally kind(Finding.Severity severity, String code, String message, String next) {
        kinds.put(code, new Kind(severity, message, next));
        return this;
    }

    /// Counts a row.
    void add(String code, Origin origin, String detail) {
        Kind kind = kinds.get(code);
        if (kind == null) {
            throw new IllegalArgumentException("no kind " + code);
        }
        kind.count++;
        if (kind.rows.size() < maxRows) {
            kind.rows.add(new Finding.Row(origin, Quoted.plain(detail, 80)));
        }
    }

    /// What was counted.
    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        kinds.forEach((code, kind) -> {
            if (kind.count > 0) {
                findings.add(kind.finding(code));
            }
        });
        return findings;
    }
}
