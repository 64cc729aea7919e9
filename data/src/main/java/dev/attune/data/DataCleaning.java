package dev.attune.data;

import dev.attune.base.AttuneException;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Mends a data set: the rows that remain in their order, and a ledger with the fate of each.
///
/// The same input and steps give the same bytes. What is read is never changed. Where rows are
/// compared, memory is that of a [RowIndex] and some 15 bytes a row; else it does not grow.
///
/// @param out JSON lines, packed where the name ends with .gz or .zst
public record DataCleaning(List<Path> files, ColumnMapping mapping, CleanSteps steps, Path out) {
    /// Copies the list.
    public DataCleaning {
        files = List.copyOf(files);
    }

    /// What came of it.
    ///
    /// @param merged rows whose content went into another
    /// @param reasons for each kind of change, merger or drop, in how many rows
    /// @param partlyCompared rows that resemble so many others that they were compared with the
    ///   nearest of them only: rows that are alike may have stayed
    public record Outcome(
            long rowsIn,
            long rowsOut,
            long kept,
            long changed,
            long merged,
            long dropped,
            Map<String, Long> reasons,
            int partlyCompared,
            Path ledger) {}

    /// Cleans.
    ///
    /// @throws AttuneException of kind USER with all faulty rows unless they are dropped, with all
    ///   rows that are too long where the policy is to fail, or with all decisions about rows that
    ///   do not exist; then nothing is written
    public Outcome run(Progress progress) {
        OutputPaths.requireApart(files, out);
        OutputPaths.requireRoom(files, out);
        try (RowIndex index = new RowIndex(files);
                MergedColumns columns = new MergedColumns()) {
            RowVerdicts verdicts =
                    steps.compares() ? verdicts(index, progress) : new RowVerdicts(0);
            if (verdicts.merges()) {
                gather(verdicts, columns, progress);
            }
            return new CleanWriting(this, index, verdicts, columns).run(progress);
        }
    }

    /// What becomes of understood rows because of others.
    private RowVerdicts verdicts(RowIndex index, Progress progress) {
        ComparedRows compared = new ComparedRows();
        try (RowStream stream = RowStream.open(files, mapping)) {
            progress.begins("rows read", stream.totalBytes());
            for (var read = stream.next(); read.isPresent(); read = stream.next()) {
                if (read.get() instanceof RowStream.Read.Understood row) {
                    RowText text = RowText.of(row.example());
                    compared.see(index.size(), text, steps.decisions());
                    index.add(stream.file(), CheckedRow.of(index.size(), text));
                }
                progress.at(stream.rows(), stream.bytes());
            }
        }
        AlikeRows alike = AlikeRows.find(index, () -> RowStream.open(files, mapping), progress);
        return new RowDrops(index, alike, compared, steps).verdicts();
    }

    /// Reads the columns of the rows that go into others.
    private void gather(RowVerdicts verdicts, MergedColumns into, Progress progress) {
        int row = 0;
        try (RowStream stream = RowStream.open(files, mapping)) {
            progress.begins("rows merged", stream.totalBytes());
            for (var read = stream.next(); read.isPresent(); read = stream.next()) {
                if (read.get() instanceof RowStream.Read.Understood understood) {
                    if (verdicts.kind(row) == RowVerdicts.Kind.MERGED) {
                        into.add(row, understood.example());
                    }
                    row++;
                }
                progress.at(stream.rows(), stream.bytes());
            }
        }
    }
}
