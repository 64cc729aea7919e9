package dev.attune.data;

import java.util.List;

/// Something that a check found: how grave it is, what, where, how often, and the next step.
public sealed interface Finding {
    /// How grave a finding is.
    enum Severity {
        /// Training on it teaches something wrong, or judging by it measures nothing.
        ERROR,
        /// It probably costs quality.
        WARNING,
        /// Worth knowing.
        NOTE
    }

    /// How grave it is.
    Severity severity();

    /// Its name for programs: `near_duplicate`.
    String code();

    /// What was found, in a sentence.
    String message();

    /// What to do.
    String next();

    /// How many rows, or pairs of rows, it is about; 0 where it is about the whole.
    long count();

    /// About single rows.
    ///
    /// @param rows the first of them
    record InRows(
            Severity severity, String code, String message, String next, long count, List<Row> rows)
            implements Finding {
        /// Copies the list.
        public InRows {
            rows = List.copyOf(rows);
        }
    }

    /// About two rows each time.
    ///
    /// @param pairs the first of them
    record InPairs(
            Severity severity,
            String code,
            String message,
            String next,
            long count,
            List<RowPair> pairs)
            implements Finding {
        /// Copies the list.
        public InPairs {
            pairs = List.copyOf(pairs);
        }
    }

    /// About the data as a whole.
    record InSet(Severity severity, String code, String message, String next) implements Finding {
        @Override
        public long count() {
            return 0;
        }
    }

    /// A row, and what of it matters; secrets are not shown.
    record Row(Origin origin, String detail) {}

    /// Two rows.
    record RowPair(Origin first, Origin second) {}
}
