package dev.attune.data;

import dev.attune.text.ChatFormat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Judges a data set before it is trained on.
///
/// Two passes: one sees every row with every check and keeps a few numbers of each, some 150 bytes;
/// the other reads the texts of those again that may be alike, and keeps them on the disk. Time
/// grows with the rows.
///
/// @param train the training data
/// @param heldOut what training must not have seen; may be empty
/// @param model whose tokenizer and template the rows are for, if there is one
/// @param maxPlaces how many rows or pairs a finding names
public record DataCheck(
        List<Path> train,
        List<Path> heldOut,
        ColumnMapping mapping,
        Optional<TokenLimit> model,
        int maxPlaces) {
    /// How many places a report for people names.
    public static final int FEW = 20;

    /// A model's format, and how many tokens a row may have.
    public record TokenLimit(ChatFormat format, int contextTokens) {}

    /// Copies the lists.
    public DataCheck {
        train = List.copyOf(train);
        heldOut = List.copyOf(heldOut);
    }

    /// Runs every check.
    ///
    /// @throws dev.attune.base.AttuneException of kind USER if there is no row at all
    public CheckReport run(Progress progress) {
        try (RowIndex index = new RowIndex(all())) {
            return new Run(this, index).run(progress);
        }
    }

    private List<Path> all() {
        List<Path> all = new ArrayList<>(train);
        all.addAll(heldOut);
        return all;
    }

    /// One run; it holds what the checks gather.
    private static final class Run {
        private final DataCheck job;
        private final RowIndex index;
        private final Kinship kinship = new Kinship();
        private final RowTally faulty;
        private final LabelCheck labels;
        private final LengthCheck lengths;
        private final RegisterCheck register;
        private final FormatCheck formats;
        private final PromptClusters clusters = new PromptClusters();
        private final LengthHistogram promptChars = new LengthHistogram();
        private final AnswerRepeats repeats;
        private final List<RowCheck> checks;
        private final Optional<TokenCheck> tokens;
        private int trainRows;
        private long rows;
        private Map<String, Long> shapes = Map.of();

        Run(DataCheck job, RowIndex index) {
            this.job = job;
            int places = job.maxPlaces;
            this.index = index;
            labels = new LabelCheck(places);
            lengths = new LengthCheck(places);
            register = new RegisterCheck(places);
            formats = new FormatCheck(places);
            repeats = new AnswerRepeats(places);
            checks =
                    List.of(
                            new StructureCheck(places),
                            new PersonalDataCheck(places),
                            formats,
                            labels,
                            new LanguageCheck(places),
                            register,
                            lengths,
                            new BoilerplateCheck(),
                            new EdgeCaseCheck(),
                            new MarkerCheck(places),
                            clusters);
            tokens =
                    job.model.map(
                            limit -> new TokenCheck(limit.format, limit.contextTokens, places));
            faulty =
                    new RowTally(places)
                            .kind(
                                    Finding.Severity.ERROR,
                                    "faulty",
                                    "%,d rows cannot be read or understood.",
                                    "Mend them, or attune data clean --drop-faulty.");
        }

        CheckReport run(Progress progress) {
            try (RowStream stream = RowStream.open(job.all(), job.mapping)) {
                progress.begins("rows checked", stream.totalBytes());
                for (var read = stream.next(); read.isPresent(); read = stream.next()) {
                    switch (read.get()) {
                        case RowStream.Read.Understood row -> see(stream.file(), row.example());
                        case RowStream.Read.Faulty row ->
                                faulty.add("faulty", row.origin(), row.fault().what());
                        case RowStream.Read.NoRows file -> throw file.fault();
                    }
                    progress.at(stream.rows(), stream.bytes());
                }
                rows = stream.rows();
                shapes = stream.shapes();
            }
            OutputPaths.requireRows(job.train, rows);
            AlikeRows alike =
                    AlikeRows.find(index, () -> RowStream.open(job.all(), job.mapping), progress);
            return report(findings(alike));
        }

        private void see(int file, Example example) {
            RowText text = RowText.of(example);
            CheckedRow checked = CheckedRow.of(index.size(), text);
            int row = index.add(file, checked);
            kinship.see(row, text);
            if (file < job.train.size()) {
                trainRows++;
                promptChars.add(text.prompt().length());
                checks.forEach(check -> check.see(checked));
                repeats.see(checked);
                tokens.ifPresent(check -> check.see(example));
            }
        }

        private List<Finding> findings(AlikeRows alike) {
            List<Finding> found = new ArrayList<>(faulty.findings());
            checks.forEach(check -> found.addAll(check.findings(index)));
            int places = job.maxPlaces;
            found.addAll(new ContradictionCheck(index, alike, trainRows, places).findings());
            found.addAll(new DuplicateCheck(index, alike, trainRows, places).findings());
            found.addAll(repeats.findings(index, alike));
            found.addAll(new LeakageCheck(index, alike, kinship, trainRows, places).findings());
            tokens.ifPresent(check -> found.addAll(check.findings()));
            found.addAll(size().findings());
            if (alike.partlyCompared() > 0) {
                found.add(capped(alike.partlyCompared()));
            }
            found.sort(Comparator.comparing(Finding::severity));
            return found;
        }

        private Finding capped(int partly) {
            return new Finding.InSet(
                    Finding.Severity.NOTE,
                    "capped",
                    ("%,d of %,d rows resemble so many others that each was compared with the"
                                    + " nearest before it only: duplicates, contradictions or"
                                    + " leaks among these may be missing. Those that are named"
                                    + " are right.")
                            .formatted(partly, index.size()),
                    "If many are named, drop the duplicates and check again.");
        }

        private SizeCheck size() {
            long prompts = 0;
            long answers = 0;
            FirstRows first = new FirstRows();
            for (int row = 0; row < trainRows; row++) {
                prompts += index.firstWithPrompt(row) == row ? 1 : 0;
                answers += first.first(index.answer(row), row) == row ? 1 : 0;
            }
            return new SizeCheck(trainRows, prompts, answers);
        }

        private CheckReport report(List<Finding> findings) {
            PromptClusters.Picture picture = clusters.picture();
            long[] tones = register.counts();
            return new CheckReport(
                    job.all().stream().map(Object::toString).toList(),
                    rows,
                    index.size() - (long) trainRows,
                    shapes,
                    findings,
                    lengths.lengths(),
                    promptChars,
                    tokens.map(TokenCheck::tokens),
                    labels.labels(),
                    List.of(tones[0], tones[1], tones[2]),
                    formats.forms(),
                    new CheckReport.Topics(
                            picture.clusters().stream()
                                    .map(c -> new CheckReport.Topic(c.words(), c.rows()))
                                    .toList(),
                            picture.points().stream()
                                    .map(p -> new CheckReport.Dot(p.x(), p.y(), p.cluster()))
                                    .toList()));
        }
    }
}
