package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Divides a data set into what is trained on and what is held out, so that nothing of the one
/// tells the answers of the other.
///
/// Rows that ask the same or nearly the same, that are parts of one conversation, or that share the
/// value of a column, are a group and stay on one side. Within each stratum groups are drawn in an
/// order that a seed fixes, so that strata keep their shares; the same rows and seed give the same
/// bytes. Memory is that of a [RowIndex] and some 40 bytes a row.
///
/// @param groupColumn a column whose equal values stay together
/// @param folder where train.jsonl, heldout.jsonl and the ledger are written
public record DataSplit(
        List<Path> files,
        ColumnMapping mapping,
        Draw draw,
        Optional<String> groupColumn,
        Path folder) {
    /// With fewer rows a score moves by a tenth with each of them.
    static final int MIN_HELD_OUT = 10;

    private static final int MAX_LABEL_CHARS = 60;

    /// Copies the list.
    public DataSplit {
        files = List.copyOf(files);
    }

    /// What is drawn.
    ///
    /// @param heldOut how many rows are held out, or, below 1, which share
    /// @param stratify what keeps its shares on both sides
    /// @param minEach how many rows of each stratum must be held out at least
    public record Draw(double heldOut, long seed, Stratify stratify, int minEach) {
        /// Refuses a share that is none.
        public Draw {
            if (!(heldOut > 0)) {
                throw AttuneException.user(
                                "The held-out part is %s of the rows.".formatted(heldOut))
                        .fix("Give a share such as 0.1, or a number of rows.");
            }
        }
    }

    /// What keeps its shares.
    public enum Stratify {
        /// Labels, or short answers that recur.
        LABEL,
        /// Topics of the prompts, as `attune data check` draws them.
        CLUSTER,
        /// Nothing.
        NONE
    }

    /// What came of it.
    ///
    /// @param groups how many groups the rows form
    /// @param strata the labels or clusters, in the order of their names; one without a name for
    ///   rows that have none
    /// @param partlyCompared rows that resemble so many others that they were compared with the
    ///   nearest of them only: some that are alike may be on both sides
    public record Outcome(
            long trainRows,
            long heldOutRows,
            long groups,
            List<Stratum> strata,
            int partlyCompared,
            Path train,
            Path heldOut,
            Path ledger) {
        /// Copies the list.
        public Outcome {
            strata = List.copyOf(strata);
        }
    }

    /// A label or cluster, and its rows on either side.
    public record Stratum(String name, long trainRows, long heldOutRows) {}

    /// Splits.
    ///
    /// @throws AttuneException of kind USER with every faulty row, or if too few rows would be on
    ///   one side
    public Outcome run(Progress progress) {
        Path train = folder.resolve("train.jsonl");
        Path held = folder.resolve("heldout.jsonl");
        OutputPaths.requireApart(files, train);
        OutputPaths.requireApart(files, held);
        OutputPaths.requireRoom(files, train);
        try (RowIndex index = new RowIndex(files)) {
            Kinship kinship = new Kinship(groupColumn);
            Strata strata = strata(index, kinship, progress);
            RowGroups groups = groups(index, kinship, progress);
            HeldOutRows drawing = new HeldOutRows(groups, strata, index.size());
            double share = draw.heldOut < 1 ? draw.heldOut : draw.heldOut / (double) index.size();
            BitSet heldRows = drawing.drawn(share, draw.seed);
            requireEnough(index.size(), heldRows.cardinality());
            List<Stratum> shares = shares(strata, heldRows, index.size());
            requireEach(shares);
            Path ledger = folder.resolve("split.ledger.jsonl");
            write(heldRows, ledger, progress);
            return new Outcome(
                    index.size() - (long) heldRows.cardinality(),
                    heldRows.cardinality(),
                    drawing.groups(),
                    shares,
                    index.partlyCompared(),
                    train,
                    held,
                    ledger);
        }
    }

    private Strata strata(RowIndex index, Kinship kinship, Progress progress) {
        LabelCheck few = new LabelCheck(0);
        PromptClusters clusters = new PromptClusters();
        Strata labels = new Strata();
        try (ExampleStream stream = ExampleStream.open(files, mapping)) {
            progress.begins("rows read", stream.totalBytes());
            for (var next = stream.next(); next.isPresent(); next = stream.next()) {
                RowText text = RowText.of(next.get());
                CheckedRow checked = CheckedRow.of(index.size(), text);
                index.add(stream.file(), checked);
                kinship.see(checked.row(), text);
                few.see(checked);
                clusters.see(checked);
                String label = text.label().orElse(text.answer()).strip();
                labels.add(label.length() <= MAX_LABEL_CHARS ? label : "");
                progress.at(stream.rows(), stream.bytes());
            }
            stream.faults().throwIfAny("Cannot split " + OutputPaths.names(files));
            OutputPaths.requireRows(files, stream.rows());
        }
        return switch (draw.stratify) {
            case LABEL -> labels.only(few.labels());
            case CLUSTER -> clusters(clusters, progress);
            case NONE -> labels.only(Map.of());
        };
    }

    private Strata clusters(PromptClusters seen, Progress progress) {
        List<PromptClusters.Cluster> named = seen.picture().clusters();
        PromptClusters.Nearest nearest = seen.nearest();
        Strata strata = new Strata();
        try (ExampleStream stream = ExampleStream.open(files, mapping)) {
            progress.begins("rows put into clusters", stream.totalBytes());
            for (var next = stream.next(); next.isPresent(); next = stream.next()) {
                RowText text = RowText.of(next.get());
                boolean isText = text.prompt().isBlank();
                int cluster = nearest.cluster(Words.of(isText ? text.answer() : text.prompt()));
                strata.add(
                        named.isEmpty()
                                ? ""
                                : "%02d %s".formatted(cluster + 1, named.get(cluster).words()));
                progress.at(stream.rows(), stream.bytes());
            }
        }
        return strata;
    }

    private RowGroups groups(RowIndex index, Kinship kinship, Progress progress) {
        RowGroups groups = new RowGroups(index.size());
        for (int row = 0; row < index.size(); row++) {
            groups.join(index.firstWithPrompt(row), row);
        }
        AlikeRows.find(index, () -> RowStream.open(files, mapping), progress)
                .pairs()
                .forEach(pair -> groups.join(pair.a(), pair.b()));
        kinship.join(groups);
        return groups;
    }

    private static List<Stratum> shares(Strata strata, BitSet held, int rows) {
        long[] all = new long[strata.count()];
        long[] heldOut = new long[strata.count()];
        for (int row = 0; row < rows; row++) {
            all[strata.of(row)]++;
            heldOut[strata.of(row)] += held.get(row) ? 1 : 0;
        }
        List<Stratum> shares = new ArrayList<>();
        for (int i = 0; i < all.length; i++) {
            shares.add(new Stratum(strata.names().get(i), all[i] - heldOut[i], heldOut[i]));
        }
        shares.sort(Comparator.comparing(Stratum::name));
        return shares;
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

    private void requireEach(List<Stratum> shares) {
        Problems problems = new Problems("Cannot split " + OutputPaths.names(files));
        for (Stratum stratum : shares) {
            boolean unnamed = stratum.name().isEmpty() && shares.size() > 1;
            if (stratum.heldOutRows() < draw.minEach && !unnamed) {
                problems.add(
                        AttuneException.user(
                                        "Of the %,d rows of %s %,d would be held out; expected at"
                                                        .formatted(
                                                                stratum.trainRows()
                                                                        + stratum.heldOutRows(),
                                                                Quoted.of(stratum.name()),
                                                                stratum.heldOutRows())
                                                + " least %,d.".formatted(draw.minEach))
                                .at(files.getFirst())
                                .fix(
                                        "Add rows of it, hold a larger share out, or lower"
                                                + " --min-each."));
            }
        }
        problems.throwIfAny();
    }

    private void write(BitSet heldRows, Path ledgerPath, Progress progress) {
        int row = 0;
        try (RowStream stream = RowStream.open(files, mapping);
                RowsFile trainRows = RowsFile.create(folder.resolve("train.jsonl"));
                RowsFile heldOutRows = RowsFile.create(folder.resolve("heldout.jsonl"));
                DataLedger ledger = new DataLedger(ledgerPath)) {
            progress.begins("rows written", stream.totalBytes());
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
                progress.at(stream.rows(), stream.bytes());
            }
            ledger.finish(stream.rows());
            trainRows.finish();
            heldOutRows.finish();
        }
    }
}
