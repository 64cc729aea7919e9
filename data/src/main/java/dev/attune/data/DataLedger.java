package dev.attune.data;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Writes what became of each row of the data that went in: one line a row, in the order of the
/// data.
///
/// ```
/// {"file":"raw.csv","line":7,"row":7,"fate":"kept","out":[6]}
/// {"file":"raw.csv","line":8,"row":8,"fate":"dropped","reason":"duplicate of raw.csv:2"}
/// ```
///
/// File and line lead back to the row as it was; nothing that a ledger speaks of is ever written
/// over. The rows that went in are as many as the lines, which [#finish] requires.
final class DataLedger implements AutoCloseable {
    private final RowsFile file;
    private final Map<Fate, Long> counts = new EnumMap<>(Fate.class);

    DataLedger(Path path) {
        this.file = RowsFile.create(path);
        for (Fate fate : Fate.values()) {
            counts.put(fate, 0L);
        }
    }

    /// What can become of a row.
    public enum Fate {
        /// It went out as it came in.
        KEPT,
        /// It went out changed, or as several rows; the reason says how.
        CHANGED,
        /// It went into another row, which the reason names.
        MERGED,
        /// It did not go out; the reason says why.
        DROPPED;

        /// As the ledger writes it.
        public String told() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Records a row that went out as rows `out`, counted from 1.
    void add(Origin origin, Fate fate, String reason, List<Long> out) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("file", origin.file().toString());
        line.put("line", origin.line());
        line.put("row", origin.row() + 1);
        line.put("fate", fate.told());
        if (!reason.isEmpty()) {
            line.put("reason", reason);
        }
        if (!out.isEmpty()) {
            var numbers = line.putArray("out");
            out.forEach(numbers::add);
        }
        counts.merge(fate, 1L, Long::sum);
        file.add(line);
    }

    /// How many rows had each fate.
    Map<Fate, Long> counts() {
        return new EnumMap<>(counts);
    }

    /// Gives the ledger its name.
    ///
    /// @param rows how many rows went in
    void finish(long rows) {
        if (file.rows() != rows) {
            throw new IllegalStateException(rows + " rows, but " + file.rows() + " fates");
        }
        file.finish();
    }

    @Override
    public void close() {
        file.close();
    }
}
