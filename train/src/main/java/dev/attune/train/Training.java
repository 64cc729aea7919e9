package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;
import dev.attune.format.PendingFile;
import dev.attune.format.PendingFolder;
import dev.attune.model.CompanionFiles;
import dev.attune.train.TrainEvent.Ended;
import dev.attune.train.TrainEvent.Mixed;
import dev.attune.train.TrainEvent.Reason;
import dev.attune.train.TrainEvent.Saved;
import dev.attune.train.TrainEvent.Started;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// Runs: begun, gone on with, replayed.
///
/// ```
/// TrainingOutcome outcome = Training.begin(recipe, host);
/// ...                                                 // killed
/// outcome = Training.resume(RunFolder.open(path), host);
/// ```
///
/// A run that goes on from its last checkpoint ends with the same bits as one that was never
/// stopped: what a step does depends on weights, moments and the step's number alone.
public final class Training {
    private Training() {}

    /// Begins a run in the recipe's folder and does all its steps.
    ///
    /// @throws AttuneException of kind USER if something is wrong with recipe, data or model; then
    ///   nothing of the run is left
    public static TrainingOutcome begin(Recipe recipe, TrainingHost host) {
        RunFolder folder = RunFolder.at(recipe.outputDir());
        try (NewRun run = NewRun.create(folder)) {
            try (RunLock _ = RunLock.of(folder)) {
                write(folder.recipeFile(), RecipeWriter.yaml(recipe));
                try (TrainingSession session = TrainingSession.open(recipe, folder, host)) {
                    session.schedule(); // refuses what cannot be, before anything is kept
                    note(session);
                    session.manifest().write(folder.manifest());
                    run.keep();
                    return steps(session, TrainerState.NEW);
                }
            }
        }
    }

    /// Goes on with a run from its last checkpoint, or from the start if it has none.
    ///
    /// @throws AttuneException of kind USER if what it was made from has changed
    public static TrainingOutcome resume(RunFolder folder, TrainingHost host) {
        try (RunLock _ = RunLock.of(folder);
                TrainingSession session = reopened(folder, host)) {
            PendingFolder.sweep(folder.path());
            List<Long> checkpoints = folder.checkpoints();
            if (checkpoints.isEmpty()) {
                return steps(session, TrainerState.NEW);
            }
            return steps(session, session.checkpoints().restore(checkpoints.getLast()));
        }
    }

    /// Does the last steps of a run again, and compares.
    ///
    /// @param steps how many at least; 0 for those since the checkpoint before the last
    /// @throws AttuneException of kind USER if there is no checkpoint to compare with
    public static Replay verify(RunFolder folder, long steps, TrainingHost host) {
        try (RunLock _ = RunLock.of(folder);
                TrainingSession session = reopened(folder, host)) {
            return Replaying.of(session, steps);
        }
    }

    /// A run's session as it was at the beginning.
    private static TrainingSession reopened(RunFolder folder, TrainingHost host) {
        Recipe recipe = folder.recipe();
        var before = RunManifest.read(folder.manifest());
        TrainingHost then = before.map(manifest -> host.at(manifest.now())).orElse(host);
        TrainingSession session = TrainingSession.open(recipe, folder, then);
        try {
            RunManifest now = session.manifest();
            if (before.isPresent()) {
                before.get().agree(now).forEach(host.notes());
            } else {
                note(session);
                now.write(folder.manifest());
            }
            return session;
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /// Writes the ledger, and tells a person what the data came to.
    private static void note(TrainingSession session) {
        Map<String, Long> fates =
                new RowLedger().write(session.folder().ledger(), session.data().parts());
        RunPlan plan = session.plan();
        TrainRows rows = session.data().epochs().of(0);
        session.host()
                .notes()
                .accept(
                        "rows: %s; %,d tokens to read an epoch, %,d of them learned"
                                .formatted(
                                        RowLedger.told(fates),
                                        rows.tokens(),
                                        rows.trainedTokens()));
        session.data()
                .mixture(plan.steps())
                .ifPresent(drawn ->
                        drawn.forEach(source -> session.host().notes().accept(told(source))));
        session.host()
                .notes()
                .accept(
                        "plan: %,d steps of %d x %d batch rows of up to %,d tokens, %,d an epoch"
                                .formatted(
                                        plan.steps(),
                                        plan.accumulation(),
                                        session.recipe().batches().perDeviceTrainBatchSize(),
                                        plan.rowLength(),
                                        plan.stepsPerEpoch()));
    }

    /// In one line, for a person.
    static String told(TrainEvent.Drawn drawn) {
        return "source: %s: %,d rows, weight %s, seen %,d times in the run"
                .formatted(
                        drawn.source(),
                        drawn.rows(),
                        RecipeWriter.value(drawn.weight()),
                        drawn.seen());
    }

    private static TrainingOutcome steps(TrainingSession session, TrainerState from) {
        RunFolder folder = session.folder();
        WeightsDigest before = WeightsDigest.of(session.weights().parameters());
        try (RunRecord record = RunRecord.open(folder, from.step(), session.host())) {
            record.hear(started(session, from));
            session.data()
                    .mixture(session.plan().steps())
                    .ifPresent(drawn -> record.hear(new Mixed(0, drawn)));
            if (from.step() > 0) {
                record.hear(new Saved(from.step(), folder.checkpoint(from.step())));
                record.tellRemoved();
            }
            TrainingLoop loop = new TrainingLoop(session, record, from);
            Reason reason = loop.run();
            TrainerState state = loop.state();
            Path result = folder.result(session.recipe().objective().tuning());
            if (reason == Reason.FINISHED || reason == Reason.EARLY_STOPPING) {
                if (from.step() < state.step()) {
                    before.requireMoved(session.weights().parameters());
                }
                writeResult(session, state, result);
            }
            OptionalDouble best = state.bestLoss();
            record.hear(new Ended(state.step(), reason, best, result));
            record.force();
            RunReport.write(
                    folder.events(), folder.report(), String.valueOf(folder.path().getFileName()));
            return new TrainingOutcome(folder, state.step(), session.plan().steps(), reason, best);
        } catch (AttuneException e) {
            throw broken(e, folder);
        }
    }

    /// A full disk or a lost right ends a run, but not what it has saved.
    static AttuneException broken(AttuneException e, RunFolder folder) {
        boolean isMachine = e.kind() == ErrorKind.RESOURCES || e.kind() == ErrorKind.ENVIRONMENT;
        if (!isMachine || !Files.isDirectory(folder.path())) {
            return e;
        }
        List<Long> checkpoints = folder.checkpoints();
        String from = checkpoints.isEmpty() ? "the start" : "checkpoint-" + checkpoints.getLast();
        return e.fix(
                        "%s Then attune resume %s goes on from %s."
                                .formatted(e.fix().orElse("Mend that."), folder.path(), from))
                .causedBy(e);
    }

    private static Started started(TrainingSession session, TrainerState from) {
        long trained =
                session.weights().parameters().stream().mapToLong(p -> p.data().elements()).sum();
        long all =
                session.decoder().parameters().stream().mapToLong(p -> p.data().elements()).sum();
        return new Started(
                from.step(),
                session.plan().steps(),
                session.data().train().examples(),
                session.data().heldOut().map(TrainRows::examples).orElse(0),
                trained,
                all);
    }

    /// The weights of the best or the last checkpoint, with all that a model needs to speak.
    private static void writeResult(TrainingSession session, TrainerState state, Path result) {
        if (session.recipe().stopping().loadBestModelAtEnd()
                && state.bestLoss().isPresent()
                && state.bestStep() != state.step()) {
            session.checkpoints().restoreWeights(state.bestStep());
        }
        try (PendingFolder pending = PendingFolder.create(result, true, 0)) {
            session.weights().write(pending.path());
            CompanionFiles.of(session.host().base())
                    .forEach((name, file) -> pending.write(name, read(file)));
            session.format()
                    .templateSource()
                    .filter(_ -> session.bringsTemplate())
                    .ifPresent(source ->
                            pending.write(
                                    "chat_template.jinja",
                                    source.getBytes(StandardCharsets.UTF_8)));
            pending.publish();
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw dev.attune.format.IoFault.reading(file, e);
        }
    }

    private static void write(Path file, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (PendingFile pending = PendingFile.create(file, bytes.length)) {
            pending.write(0, MemorySegment.ofArray(bytes));
            pending.seal();
            pending.publish();
        }
    }
}
