package dev.attune.data;

import dev.attune.base.AttuneException;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Writes a data set in another shape: first it is found out what would be lost, then written.
///
/// @param files what is read
/// @param target the shape of what is written
/// @param eos the text of the model's EOS, which segments must hold themselves; empty if unknown
/// @param out a file of rows, of the format that its name tells; the ledger lies beside it
public record DataConversion(
        List<Path> files,
        ColumnMapping mapping,
        TargetShape target,
        String eos,
        Path out,
        OnLoss onLoss,
        OnFault onFault) {
    /// Copies the list.
    public DataConversion {
        files = List.copyOf(files);
    }

    /// What becomes of rows that would lose something.
    public enum OnLoss {
        /// Nothing is written at all.
        STOP,
        /// They are left out; the ledger says what they would lose.
        DROP,
        /// They are written without it.
        WRITE
    }

    /// What becomes of rows that cannot be understood.
    public enum OnFault {
        /// Nothing is written at all.
        STOP,
        /// They are left out; the ledger says why.
        DROP
    }

    /// What came of it.
    ///
    /// @param fates how many rows were kept as they were, changed and dropped
    /// @param losses each thing that rows lose, or for which they were dropped
    /// @param alterations each thing that is said in another way, without loss
    /// @param ledger where the fate of each row stands
    public record Outcome(
            long rowsIn,
            long rowsOut,
            Map<String, Long> fates,
            Map<String, Noted> losses,
            Map<String, Noted> alterations,
            Path out,
            Path ledger) {
        /// Copies the maps, in their order.
        public Outcome {
            fates = new LinkedHashMap<>(fates);
            losses = new LinkedHashMap<>(losses);
            alterations = new LinkedHashMap<>(alterations);
        }
    }

    /// Converts.
    ///
    /// @throws AttuneException of kind USER with every faulty row, or with all that would be lost,
    ///   unless that is allowed, or if not a row would be left; then nothing is written
    public Outcome run(Progress progress) {
        OutputPaths.requireApart(files, out);
        OutputPaths.requireRoom(files, out);
        RowsLayout layout = RowsLayout.of(out);
        return written(plan(layout, progress), layout, progress);
    }

    private Outcome written(ConversionPlan plan, RowsLayout layout, Progress progress) {
        Path ledgerPath = OutputPaths.ledger(out);
        try (RowStream stream = RowStream.open(files, mapping);
                RowsFile rows = RowsFile.create(out, layout);
                DataLedger ledger = new DataLedger(ledgerPath)) {
            progress.begins("rows converted", stream.totalBytes());
            for (var read = stream.next(); read.isPresent(); read = stream.next()) {
                switch (read.get()) {
                    case RowStream.Read.Understood row -> write(row, layout, rows, ledger);
                    case RowStream.Read.Faulty(var origin, _, var fault) ->
                            ledger.add(
                                    origin,
                                    DataLedger.Fate.DROPPED,
                                    "faulty: " + fault.what(),
                                    List.of());
                    case RowStream.Read.NoRows file -> throw file.fault();
                }
                progress.at(stream.rows(), stream.bytes());
            }
            plan.requireRows(rows.rows());
            ledger.finish(stream.rows());
            rows.finish();
            Map<String, Long> fates = new LinkedHashMap<>();
            ledger.counts().forEach((fate, count) -> fates.put(fate.told(), count));
            return new Outcome(
                    stream.rows(),
                    rows.rows(),
                    fates,
                    plan.losses(),
                    plan.alterations(),
                    out,
                    ledgerPath);
        }
    }

    private ConversionPlan plan(RowsLayout layout, Progress progress) {
        ConversionPlan plan = new ConversionPlan(target, end());
        boolean unreadable = false;
        try (RowStream stream = RowStream.open(files, mapping)) {
            progress.begins("rows looked at for losses", stream.totalBytes());
            for (var read = stream.next(); read.isPresent(); read = stream.next()) {
                switch (read.get()) {
                    case RowStream.Read.Understood row -> {
                        ShapeWriter.Written written = converted(row);
                        plan.see(row.example(), written, unwritable(written, layout));
                    }
                    case RowStream.Read.Faulty row -> plan.seeFault(row.fault());
                    case RowStream.Read.NoRows file -> {
                        plan.seeFault(file.fault());
                        unreadable = true;
                    }
                }
                progress.at(stream.rows(), stream.bytes());
            }
            if (!unreadable) {
                OutputPaths.requireRows(files, stream.rows());
            }
        }
        if (onFault == OnFault.STOP || unreadable) {
            plan.faults().throwIfAny("Cannot convert " + OutputPaths.names(files));
        }
        if (onLoss == OnLoss.STOP) {
            plan.requireNoLoss();
        }
        return plan;
    }

    private EndOfText end() {
        return new EndOfText(eos);
    }

    /// The row in the new shape; one that has it already stays as it is, to the last field.
    private ShapeWriter.Written converted(RowStream.Read.Understood row) {
        boolean isThere =
                row.shape().equals(target.shape())
                        && (target == TargetShape.ALPACA
                                || target == TargetShape.ALPACA_PREFERENCE);
        if (isThere) {
            return new ShapeWriter.Written(List.of(row.row()), List.of(), new LinkedHashSet<>());
        }
        ShapeWriter.Written written = ShapeWriter.write(row.example(), target, end());
        boolean joined =
                (row.shape().equals(ToolShape.ALPACA)
                                || row.shape().equals(ToolShape.ALPACA_PREFERENCE))
                        && !row.row().path("input").stringValue("").isBlank();
        if (joined) {
            written.alterations().add("`input` is joined to `instruction` by a line break");
        }
        return written;
    }

    private static List<ShapeChanges.Loss> unwritable(
            ShapeWriter.Written written, RowsLayout layout) {
        return written.rows().stream().flatMap(row -> layout.unwritable(row).stream()).toList();
    }

    private void write(
            RowStream.Read.Understood row, RowsLayout layout, RowsFile rows, DataLedger ledger) {
        ShapeWriter.Written written = converted(row);
        List<ShapeChanges.Loss> losses =
                Stream.concat(written.losses().stream(), unwritable(written, layout).stream())
                        .toList();
        Origin origin = row.example().origin();
        if (!losses.isEmpty() && (onLoss == OnLoss.DROP || written.rows().isEmpty())) {
            ledger.add(
                    origin,
                    DataLedger.Fate.DROPPED,
                    "as %s it would lose: %s".formatted(target.told(), told(losses))
                            + kept(row.example()),
                    List.of());
            return;
        }
        boolean same = written.rows().size() == 1 && written.rows().getFirst().equals(row.row());
        List<Long> numbers =
                written.rows().stream().map(each -> rows.add(same ? row.row() : each)).toList();
        String reason = losses.isEmpty() ? "" : "; lost: " + told(losses);
        ledger.add(
                origin,
                same ? DataLedger.Fate.KEPT : DataLedger.Fate.CHANGED,
                same ? "" : row.shape().title() + " to " + target.told() + reason,
                numbers);
    }

    private String kept(Example example) {
        var shapes = new LinkedHashSet<>(ShapeWriter.keeping(example, end()));
        return shapes.isEmpty() ? "" : "; kept as " + ConversionPlan.told(shapes);
    }

    private static String told(List<ShapeChanges.Loss> losses) {
        return losses.stream().map(ShapeChanges.Loss::told).collect(Collectors.joining("; "));
    }
}
