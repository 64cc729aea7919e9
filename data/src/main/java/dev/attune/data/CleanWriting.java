package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;

import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// The last pass of a [DataCleaning]: decides on each row, and writes it with its fate.
final class CleanWriting {
    private final DataCleaning job;
    private final CleanSteps steps;
    private final RowIndex index;
    private final RowVerdicts verdicts;
    private final MergedColumns columns;
    private final Map<String, Long> reasons = new TreeMap<>();
    private final RowFaults faults = new RowFaults();
    private final Set<String> decided = new HashSet<>();
    private int understood;

    /// @param verdicts none where rows are not compared
    CleanWriting(DataCleaning job, RowIndex index, RowVerdicts verdicts, MergedColumns columns) {
        this.job = job;
        this.steps = job.steps();
        this.index = index;
        this.verdicts = verdicts;
        this.columns = columns;
    }

    DataCleaning.Outcome run(Progress progress) {
        Path ledgerPath = OutputPaths.ledger(job.out());
        try (RowStream stream = RowStream.open(job.files(), job.mapping());
                RowsFile rows = RowsFile.create(job.out());
                DataLedger ledger = new DataLedger(ledgerPath)) {
            progress.begins("rows cleaned", stream.totalBytes());
            for (var read = stream.next(); read.isPresent(); read = stream.next()) {
                switch (read.get()) {
                    case RowStream.Read.Understood row -> write(row, rows, ledger);
                    case RowStream.Read.Faulty row -> faulty(row, ledger);
                    case RowStream.Read.NoRows file -> throw file.fault();
                }
                progress.at(stream.rows(), stream.bytes());
            }
            faults.throwIfAny("Cannot clean " + OutputPaths.names(job.files()));
            OutputPaths.requireRows(job.files(), stream.rows());
            requireDecidedRows();
            ledger.finish(stream.rows());
            rows.finish();
            return outcome(stream.rows(), rows.rows(), ledger.counts(), ledgerPath);
        }
    }

    private DataCleaning.Outcome outcome(
            long rowsIn, long rowsOut, Map<DataLedger.Fate, Long> counts, Path ledger) {
        return new DataCleaning.Outcome(
                rowsIn,
                rowsOut,
                counts.getOrDefault(DataLedger.Fate.KEPT, 0L),
                counts.getOrDefault(DataLedger.Fate.CHANGED, 0L),
                counts.getOrDefault(DataLedger.Fate.MERGED, 0L),
                counts.getOrDefault(DataLedger.Fate.DROPPED, 0L),
                reasons,
                index.partlyCompared(),
                ledger);
    }

    /// A decision about a row that is not there was meant for another one.
    private void requireDecidedRows() {
        Problems problems = new Problems("Not every decision has a row");
        steps.decisions().rows().entrySet().stream()
                .filter(entry -> !decided.contains(entry.getKey()))
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry ->
                        problems.add(
                                AttuneException.user(
                                                "There is no row at %s."
                                                        .formatted(Quoted.plain(entry.getKey())))
                                        .at(entry.getValue().from())
                                        .fix(
                                                "Name the file as the command line does, such as"
                                                        + " %s:1."
                                                                .formatted(
                                                                        job.files().getFirst()))));
        problems.throwIfAny();
    }

    private void noteDecided(Origin origin) {
        Optional<String> key = steps.decisions().key(origin);
        if (key.isPresent() && !decided.add(key.get())) {
            faults.add(
                    AttuneException.user(
                                    "Of several files %s is a row, about which one decision was"
                                                    .formatted(Quoted.plain(key.get()))
                                            + " made.")
                            .at(origin)
                            .fix("Name the file in the decision as the command line does."));
        }
    }

    private void faulty(RowStream.Read.Faulty row, DataLedger ledger) {
        var decision = steps.decisions().of(row.origin());
        noteDecided(row.origin());
        if (decision.filter(d -> d.verb() == Decisions.Verb.DROP).isPresent()) {
            dropped(ledger, row.origin(), "decided", decision.get().why());
            return;
        }
        if (!steps.dropFaulty()) {
            faults.add(row.fault());
        }
        dropped(ledger, row.origin(), "faulty", row.fault().what());
    }

    private void write(RowStream.Read.Understood read, RowsFile rows, DataLedger ledger) {
        int number = understood++;
        Origin origin = read.example().origin();
        var decision = steps.decisions().of(origin);
        noteDecided(origin);
        if (decision.filter(d -> d.verb() == Decisions.Verb.DROP).isPresent()) {
            dropped(ledger, origin, "decided", decision.get().why());
        } else if (number < verdicts.rows() && !verdicts.stays(number)) {
            goneFor(number, origin, ledger);
        } else if (steps.dropFaulty() && lacksAnswer(read.example())) {
            dropped(ledger, origin, "no answer", "");
        } else {
            changed(number, read, rows, ledger);
        }
    }

    private void goneFor(int number, Origin origin, DataLedger ledger) {
        Origin other = index.origin(verdicts.other(number));
        RowVerdicts.Kind kind = verdicts.kind(number);
        switch (kind) {
            case STAYS -> throw new IllegalStateException(origin + " stays");
            case DUPLICATE, NEAR_DUPLICATE ->
                    dropped(ledger, origin, kind.told(), kind.told() + " of " + other);
            case CONTRADICTION ->
                    dropped(ledger, origin, kind.told(), kind.told() + " of " + other);
            case MERGED -> {
                reasons.merge("merged", 1L, Long::sum);
                ledger.add(origin, DataLedger.Fate.MERGED, "merged into " + other, List.of());
            }
        }
    }

    private static boolean lacksAnswer(Example example) {
        RowText text = RowText.of(example);
        return text.answerExpected() && !text.hasAnswer();
    }

    private void changed(
            int number, RowStream.Read.Understood read, RowsFile rows, DataLedger ledger) {
        Origin origin = read.example().origin();
        StringBuilder reason = new StringBuilder();
        ObjectNode row = completed(number, read, reason);
        if (steps.normalise()) {
            row = step(row, "normalised", reason, TextCleaning::normalised);
        }
        if (steps.redact()) {
            row = step(row, "redacted", reason, PersonalData::redacted);
        }
        List<ObjectNode> out = List.of(row);
        if (steps.length().isPresent()) {
            LengthCap.Capped capped = capped(steps.length().get(), read, row);
            if (capped.rows().isEmpty()) {
                dropped(ledger, origin, "too long", capped.reason());
                return;
            }
            if (!capped.reason().isEmpty()) {
                told(reason, "shortened", capped.reason());
            }
            out = capped.rows();
        }
        ledger.add(
                origin,
                reason.isEmpty() ? DataLedger.Fate.KEPT : DataLedger.Fate.CHANGED,
                reason.toString(),
                out.stream().map(rows::add).toList());
    }

    /// The row with what those have that go into it; as it is where that would make a row of
    /// another shape of it.
    private ObjectNode completed(int number, RowStream.Read.Understood read, StringBuilder reason) {
        int[] others = number < verdicts.rows() ? verdicts.mergedInto(number) : new int[0];
        if (others.length == 0) {
            return read.row();
        }
        ObjectNode whole = read.row().deepCopy();
        List<String> taken = columns.complete(whole, others);
        if (taken.isEmpty() || !isOf(read.shape(), whole)) {
            return read.row();
        }
        told(reason, "completed", "took " + Quoted.keys(taken) + " of rows merged into it");
        return whole;
    }

    private static boolean isOf(RowShape shape, ObjectNode row) {
        return ShapeRecogniser.standard().recognise(row).shape().equals(shape);
    }

    private LengthCap.Capped capped(LengthCap cap, RowStream.Read.Understood read, ObjectNode row) {
        Origin origin = read.example().origin();
        Example example = read.shape().example(row, origin);
        int tokens;
        try {
            tokens = cap.length().applyAsInt(example);
        } catch (AttuneException e) {
            if (!steps.dropFaulty()) {
                faults.add(e.at(origin));
            }
            return new LengthCap.Capped(List.of(), e.what());
        }
        if (tokens > cap.maxTokens() && cap.policy() == LengthCap.Policy.FAIL) {
            AttuneException fault = cap.fault(tokens);
            faults.add(fault.at(origin));
            return new LengthCap.Capped(List.of(), fault.what());
        }
        return cap.apply(example, row, tokens);
    }

    private ObjectNode step(
            ObjectNode row, String name, StringBuilder reason, UnaryOperator<String> change) {
        if (TextCleaning.mapped(row, change) instanceof ObjectNode mapped && !mapped.equals(row)) {
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
                detail.isEmpty() ? name : detail.startsWith(name) ? detail : name + ": " + detail,
                List.of());
    }
}
