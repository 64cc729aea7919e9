package dev.attune.data;

import dev.attune.base.AttuneException;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Writes a data set in another shape: first it is found out what would be lost, then written.
///
/// @param files what is read
/// @param target the shape of what is written
/// @param out JSON lines, packed where the name ends with .gz or .zst; the ledger lies beside it
/// @param lossAllowed whether to write though something is lost
public record DataConversion(
        List<Path> files,
        ColumnMapping mapping,
        TargetShape target,
        Path out,
        boolean lossAllowed) {
    /// Copies the list.
    public DataConversion {
        files = List.copyOf(files);
    }

    /// What came of it.
    ///
    /// @param losses for each thing that is lost, in how many rows
    /// @param ledger where the fate of each row stands
    public record Outcome(
            long rowsIn, long rowsOut, Map<String, Long> losses, Path out, Path ledger) {}

    private record Loss(Origin first, long rows) {}

    /// Converts.
    ///
    /// @throws AttuneException of kind USER with every faulty row, or with all that would be lost
    ///   unless that is allowed; then nothing is written
    public Outcome run(Progress progress) {
        OutputPaths.requireApart(files, out);
        OutputPaths.requireRoom(files, out);
        Map<String, Loss> losses = losses(progress);
        if (!losses.isEmpty() && !lossAllowed) {
            throw refused(losses);
        }
        Path ledgerPath = OutputPaths.ledger(out);
        Map<String, Long> counts = new LinkedHashMap<>();
        losses.forEach((what, loss) -> counts.put(what, loss.rows));
        try (RowStream stream = RowStream.open(files, mapping);
                RowsFile rows = RowsFile.create(out);
                DataLedger ledger = new DataLedger(ledgerPath)) {
            progress.begins("rows converted", stream.totalBytes());
            for (var read = stream.next(); read.isPresent(); read = stream.next()) {
                if (read.get() instanceof RowStream.Read.Understood row) {
                    write(row, rows, ledger);
                }
                progress.at(stream.rows(), stream.bytes());
            }
            ledger.finish(stream.rows());
            rows.finish();
            return new Outcome(stream.rows(), rows.rows(), counts, out, ledgerPath);
        }
    }

    private void write(RowStream.Read.Understood row, RowsFile rows, DataLedger ledger) {
        ShapeWriter.Written written = ShapeWriter.write(row.example(), target);
        List<Long> out = written.rows().stream().map(rows::add).toList();
        boolean same = out.size() == 1 && written.rows().getFirst().equals(row.row());
        DataLedger.Fate fate =
                out.isEmpty()
                        ? DataLedger.Fate.DROPPED
                        : same ? DataLedger.Fate.KEPT : DataLedger.Fate.CHANGED;
        String reason =
                same
                        ? ""
                        : row.shape().title()
                                + " to "
                                + target.told()
                                + written.losses().stream()
                                        .map(loss -> "; lost: " + loss)
                                        .collect(Collectors.joining());
        ledger.add(row.example().origin(), fate, reason, out);
    }

    private Map<String, Loss> losses(Progress progress) {
        Map<String, Loss> losses = new LinkedHashMap<>();
        try (ExampleStream stream = ExampleStream.open(files, mapping)) {
            progress.begins("rows looked at for losses", stream.totalBytes());
            for (var next = stream.next(); next.isPresent(); next = stream.next()) {
                Example example = next.get();
                for (String what : ShapeWriter.write(example, target).losses()) {
                    losses.merge(
                            what,
                            new Loss(example.origin(), 1),
                            (known, _) -> new Loss(known.first, known.rows + 1));
                }
                progress.at(stream.rows(), stream.bytes());
            }
            stream.faults().throwIfAny("Cannot convert " + OutputPaths.names(files));
            OutputPaths.requireRows(files, stream.rows());
        }
        return losses;
    }

    private AttuneException refused(Map<String, Loss> losses) {
        String list =
                losses.entrySet().stream()
                        .limit(20)
                        .map(loss ->
                                "\n  - %s: %,d rows, first %s"
                                        .formatted(
                                                loss.getKey(),
                                                loss.getValue().rows,
                                                loss.getValue().first))
                        .collect(Collectors.joining());
        return AttuneException.user(
                        "Written as %s, the rows would lose:%s".formatted(target.told(), list))
                .fix("Choose another shape, or add --allow-loss to write them so all the same.");
    }
}
