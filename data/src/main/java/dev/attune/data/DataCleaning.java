package dev.attune.data;

import dev.attune.base.AttuneException;

import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Mends a data set: the rows that remain in their order, and a ledger with the fate of each.
///
/// The same input and steps give the same bytes. What is read is never changed.
///
/// @param out JSON lines, packed where the name ends with .gz or .zst
public record DataCleaning(List<Path> files, ColumnMapping mapping, CleanSteps steps, Path out) {
    /// Copies the list.
    public DataCleaning {
        files = List.copyOf(files);
    }

    /// What came of it.
    ///
    /// @param reasons for each kind of change or drop, in how many rows
    public record Outcome(
            long rowsIn,
            long rowsOut,
            long kept,
            long changed,
            long dropped,
            Map<String, Long> reasons,
            Path ledger) {}

    /// Cleans.
    ///
    /// @throws AttuneException of kind USER with all faulty rows, unless they are dropped
    public Outcome run(Progress progress) {
        OutputPaths.requireApart(files, out);
        Map<Integer, String> drops = steps.compares() ? drops(progress) : Map.of();
        return new Writing(this, drops).run(progress);
    }

    /// Which understood rows are dropped because of others, and why.
    private Map<Integer, String> drops(Progress progress) {
        RowIndex index = new RowIndex(files);
        try (RowStream stream = RowStream.open(files, mapping)) {
            for (var read = stream.next(); read.isPresent(); read = stream.next()) {
                if (read.get() instanceof RowStream.Read.Understood row) {
                    RowText text = RowText.of(row.example());
                    index.add(stream.file(), CheckedRow.of(index.size(), text));
                }
                progress.rows(stream.rows());
            }
        }
        AlikeRows alike = AlikeRows.find(index, () -> RowStream.open(files, mapping));
        return new RowDrops(index, alike, steps).drops();
    }

    /// The last pass, which writes.
    private static final class Writing {
        private final DataCleaning job;
        private final Map<Integer, String> drops;
        private final Map<String, Long> reasons = new TreeMap<>();
        private final RowFaults faults = new RowFaults();
        private int understood;

        Writing(DataCleaning job, Map<Integer, String> drops) {
            this.job = job;
            this.drops = new HashMap<>(drops);
        }

        Outcome run(Progress progress) {
            Path ledgerPath = OutputPaths.ledger(job.out);
            try (RowStream stream = RowStream.open(job.files, job.mapping);
                    RowsFile rows = RowsFile.create(job.out);
                    DataLedger ledger = new DataLedger(ledgerPath)) {
                for (var read = stream.next(); read.isPresent(); read = stream.next()) {
                    switch (read.get()) {
                        case RowStream.Read.Understood row -> write(row, rows, ledger);
                        case RowStream.Read.Faulty row -> drop(row, ledger);
                        case RowStream.Read.NoRows file -> throw file.fault();
                    }
                    progress.rows(stream.rows());
                }
                faults.throwIfAny("Cannot clean " + OutputPaths.names(job.files));
                OutputPaths.requireRows(job.files, stream.rows());
                ledger.finish(stream.rows());
                rows.finish();
                var counts = ledger.counts();
                return new Outcome(
                        stream.rows(),
                        rows.rows(),
                        counts.getOrDefault(DataLedger.Fate.KEPT, 0L),
                        counts.getOrDefault(DataLedger.Fate.CHANGED, 0L),
                        counts.getOrDefault(DataLedger.Fate.DROPPED, 0L),
                        reasons,
                        ledgerPath);
            }
        }

        private void drop(RowStream.Read.Faulty row, DataLedger ledger) {
            if (!job.steps.dropFaulty()) {
                faults.add(row.fault());
            }
            dropped(ledger, row.origin(), "faulty", row.fault().what());
        }

        private void write(RowStream.Read.Understood read, RowsFile rows, DataLedger ledger) {
            Origin origin = read.example().origin();
            String twin = drops.get(understood++);
            if (job.steps.decided().contains(origin.toString())) {
                dropped(ledger, origin, "decided", "");
            } else if (twin != null) {
                dropped(ledger, origin, twin.substring(0, twin.indexOf(" of ")), twin);
            } else if (job.steps.dropFaulty() && lacksAnswer(read.example())) {
                dropped(ledger, origin, "no answer", "");
            } else {
                changed(read, origin, rows, ledger);
            }
        }

        private static boolean lacksAnswer(Example example) {
            RowText text = RowText.of(example);
            return text.answerExpected() && !text.hasAnswer();
        }

        private void changed(
                RowStream.Read.Understood read, Origin origin, RowsFile rows, DataLedger ledger) {
            ObjectNode row = read.row();
            StringBuilder reason = new StringBuilder();
            if (job.steps.normalise()) {
                row = step(row, "normalised", reason, TextCleaning::normalised);
            }
            if (job.steps.redact()) {
                row = step(row, "redacted", reason, PersonalData::redacted);
            }
            List<ObjectNode> out = List.of(row);
            if (job.steps.length().isPresent()) {
                Example again = read.shape().example(row, origin);
                LengthCap.Capped capped = job.steps.length().get().apply(again, row);
                if (capped.rows().isEmpty()) {
                    dropped(ledger, origin, "too long", capped.reason());
                    return;
                }
                if (!capped.reason().isEmpty()) {
                    told(reason, "shortened", capped.reason());
                }
                out = capped.rows();
            }
            List<Long> numbers = out.stream().map(rows::add).toList();
            ledger.add(
                    origin,
                    reason.isEmpty() ? DataLedger.Fate.KEPT : DataLedger.Fate.CHANGED,
                    reason.toString(),
                    numbers);
        }

        private ObjectNode step(
                ObjectNode row,
                String name,
                StringBuilder reason,
                java.util.function.UnaryOperator<String> change) {
            if (TextCleaning.mapped(row, change) instanceof ObjectNode mapped
                    && !mapped.equals(row)) {
                told(reason, name, name);
                return mapped;
            }
            return row;
        }

        private void told(StringBuilder reason, String name, String detail) {
            reasons.merge(name, 1L, Long::sum);
            reason.append(reason.isEmpty() ? "" : "; ").append(detail);
        }

        private void dropped(DataLedger ledger, Origin origin, String name, String detail) {
            reasons.merge(name, 1L, Long::sum);
            ledger.add(
                    origin,
                    DataLedger.Fate.DROPPED,
                    detail.isEmpty()
                            ? name
                            : detail.startsWith(name) ? detail : name + ": " + detail,
                    List.of());
        }
    }
}
