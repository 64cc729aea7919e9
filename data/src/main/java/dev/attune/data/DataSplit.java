package dev.attune.data;

import dev.attune.base.AttuneException;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Divides a data set into what is trained on and what is held out, so that nothing of the one
/// tells the answers of the other.
///
/// Rows that ask the same or nearly the same, that are parts of one conversation, or that share the
/// value of a column, are a group and stay on one side. Within each label groups are drawn in an
/// order that a seed fixes, so that labels keep their shares; the same rows and seed give the same
/// bytes.
///
/// @param heldOut how many rows are held out, or, below 1, which share
/// @param groupColumn a column whose equal values stay together
/// @param folder where train.jsonl, heldout.jsonl and the ledger are written
public record DataSplit(
        List<Path> files,
        ColumnMapping mapping,
        double heldOut,
        long seed,
        Optional<String> groupColumn,
        Path folder) {
    /// With fewer rows a score moves by a tenth with each of them.
    static final int MIN_HELD_OUT = 10;

    /// Copies the list, and refuses a share that is none.
    public DataSplit {
        files = List.copyOf(files);
        if (!(heldOut > 0)) {
            throw AttuneException.user("The held-out part is %s of the rows.".formatted(heldOut))
                    .fix("Give a share such as 0.1, or a number of rows.");
        }
    }

    /// What came of it.
    ///
    /// @param groups how many groups the rows form
    public record Outcome(
            long trainRows, long heldOutRows, long groups, Path train, Path heldOut, Path ledger) {}

    private record Group(int first, int rows, long order) {}

    /// Splits.
    ///
    /// @throws AttuneException of kind USER with every faulty row, or if too few rows would be on
    ///   one side
    public Outcome run(Progress progress) {
        Path train = folder.resolve("train.jsonl");
        Path held = folder.resolve("heldout.jsonl");
        OutputPaths.requireApart(files, train);
        OutputPaths.requireApart(files, held);
        RowIndex index = new RowIndex(files);
        Kinship kinship = new Kinship(groupColumn);
        List<String> labels = new ArrayList<>();
        read(index, kinship, labels, progress);
        RowGroups groups = groups(index, kinship);
        BitSet heldRows = chosen(index, groups, labels);
        requireEnough(index.size(), heldRows.cardinality());
        long count = 0;
        for (int row = 0; row < index.size(); row++) {
            count += groups.group(row) == row ? 1 : 0;
        }
        Path ledger = folder.resolve("split.ledger.jsonl");
        write(heldRows, train, held, ledger);
        return new Outcome(
                index.size() - (long) heldRows.cardinality(),
                heldRows.cardinality(),
                count,
                train,
                held,
                ledger);
    }

    private void read(RowIndex index, Kinship kinship, List<String> labels, Progress progress) {
        LabelCheck few = new LabelCheck(0);
        List<String> all = new ArrayList<>();
        try (ExampleStream stream = ExampleStream.open(files, mapping)) {
            for (var next = stream.next(); next.isPresent(); next = stream.next()) {
                RowText text = RowText.of(next.get());
                CheckedRow checked = CheckedRow.of(index.size(), text);
                index.add(stream.file(), checked);
                kinship.see(checked.row(), text);
                few.see(checked);
                String label = text.label().orElse(text.answer()).strip();
                all.add(label.length() <= 60 ? label.intern() : "");
                progress.rows(stream.rows());
            }
            stream.faults().throwIfAny("Cannot split " + OutputPaths.names(files));
            OutputPaths.requireRows(files, stream.rows());
        }
        Map<String, Long> known = few.labels();
        all.forEach(label -> labels.add(known.containsKey(label) ? label : ""));
    }

    private RowGroups groups(RowIndex index, Kinship kinship) {
        RowGroups groups = new RowGroups(index.size());
        for (int row = 0; row < index.size(); row++) {
            groups.join(index.firstWithPrompt(row), row);
        }
        AlikeRows.find(index, () -> RowStream.open(files, mapping))
                .pairs()
                .forEach(pair -> groups.join(pair.a(), pair.b()));
        kinship.join(groups);
        return groups;
    }

    /// The held-out rows: of each label, groups in the seed's order as long as they fit its share.
    private BitSet chosen(RowIndex index, RowGroups groups, List<String> labels) {
        int[] sizes = new int[index.size()];
        for (int row = 0; row < index.size(); row++) {
            sizes[groups.group(row)]++;
        }
        Map<String, List<Group>> strata = new TreeMap<>();
        Map<String, Integer> rows = new TreeMap<>();
        for (int row = 0; row < index.size(); row++) {
            rows.merge(labels.get(row), 1, Integer::sum);
            if (sizes[row] > 0) {
                strata.computeIfAbsent(labels.get(row), _ -> new ArrayList<>())
                        .add(new Group(row, sizes[row], Hash64.of(seed, row)));
            }
        }
        double share = heldOut < 1 ? heldOut : heldOut / index.size();
        BitSet first = new BitSet();
        double owed = 0;
        for (Map.Entry<String, List<Group>> stratum : strata.entrySet()) {
            owed += share * rows.getOrDefault(stratum.getKey(), 0);
            stratum.getValue().sort(Comparator.comparingLong(Group::order));
            for (Group group : stratum.getValue()) {
                if (group.rows <= owed + 0.5 && owed >= 0.5) {
                    first.set(group.first);
                    owed -= group.rows;
                }
            }
        }
        BitSet held = new BitSet();
        for (int row = 0; row < index.size(); row++) {
            held.set(row, first.get(groups.group(row)));
        }
        return held;
    }

    private void requireEnough(int rows, int held) {
        int train = rows - held;
        if (held < MIN_HELD_OUT || train < held) {
            throw AttuneException.user(
                            "Of %,d rows %,d would be held out and %,d left to train on; expected at"
                                            .formatted(rows, held, train)
                                    + " least %d held out, and no more than are trained on."
                                            .formatted(MIN_HELD_OUT))
                    .at(files.getFirst())
                    .fix(
                            "Give another share with --heldout; if large groups of like rows stand"
                                    + " in the way, drop duplicates first.");
        }
    }

    private void write(BitSet heldRows, Path train, Path held, Path ledgerPath) {
        int row = 0;
        try (RowStream stream = RowStream.open(files, mapping);
                RowsFile trainRows = RowsFile.create(train);
                RowsFile heldOutRows = RowsFile.create(held);
                DataLedger ledger = new DataLedger(ledgerPath)) {
            for (var read = stream.next(); read.isPresent(); read = stream.next()) {
                if (read.get() instanceof RowStream.Read.Understood understood) {
                    boolean isHeld = heldRows.get(row++);
                    long number = (isHeld ? heldOutRows : trainRows).add(understood.row());
                    ledger.add(
                            understood.example().origin(),
                            DataLedger.Fate.KEPT,
                            isHeld ? "heldout.jsonl" : "train.jsonl",
                            List.of(number));
                }
            }
            ledger.finish(stream.rows());
            trainRows.finish();
            heldOutRows.finish();
        }
    }
}
