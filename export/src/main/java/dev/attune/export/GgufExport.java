package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;
import dev.attune.format.Checkpoint;
import dev.attune.format.GgufValue;
import dev.attune.format.IoFault;
import dev.attune.format.PendingFolder;
import dev.attune.model.DecoderConfig;
import dev.attune.model.ModelFolder;
import dev.attune.text.GgufTokens;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes a model, with an adapter merged in if there is one, as a GGUF file for llama.cpp and the
/// programs around it.
///
/// Weights go through one tensor at a time (one expert at a time where there are several); merging
/// needs the base in memory once, to read the adapter against it. Not thread-safe.
public final class GgufExport {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MOST_OF_FLOATS = 1e-2;

    private final LocalDateTime now;
    private final int threads;
    private final OllamaOptions ollama;

    /// @param now the time that chat templates tell when they are tried
    /// @param threads how many round weights side by side
    public GgufExport(LocalDateTime now, int threads) {
        this(now, threads, OllamaOptions.none());
    }

    private GgufExport(LocalDateTime now, int threads, OllamaOptions ollama) {
        this.now = now;
        this.threads = threads;
        this.ollama = ollama;
    }

    /// The same, which tries what it tells Ollama on the user's rows.
    public GgufExport with(OllamaOptions options) {
        return new GgufExport(now, threads, options);
    }

    /// Writes the target. If it returns, the target is complete and safe on the disk; if it throws,
    /// nothing of it is left.
    ///
    /// @throws AttuneException of kind USER if base, adapter and target do not go together or
    ///   llama.cpp could not run the model, RESOURCES if the disk is too small, ENVIRONMENT if it
    ///   cannot be written to, INTERNAL if adapter, merged weights and file are not the same model
    public GgufReport export(GgufRequest request, ExportProgress progress) {
        long start = System.nanoTime();
        ModelFolder base = ModelFolder.read(request.base());
        request.adapter().ifPresent(ModelExport::requireAdapter);
        ModelExport.requireApart(request.asExport());
        GgufLimits.require(base.family(), base.config());
        Map<String, GgufValue> tokens =
                GgufTokens.of(request.textFolder(), base.config().vocabSize(), now);
        try (GgufSource source = GgufSource.of(request);
                Checkpoint checkpoint = Checkpoint.open(request.base())) {
            MergePlan merge = MergePlan.of(base, checkpoint, source.changes(), Optional.empty());
            DecoderConfig config = merge.untied() ? base.config().untied() : base.config();
            GgufLimits.require(base.family(), config);
            GgufWriting writing =
                    new GgufWriting(
                            request,
                            base,
                            config,
                            new Merge(checkpoint, merge),
                            tokens,
                            importance(request, base, source),
                            threads);
            return write(new Job(writing, source, progress, start));
        }
    }

    private static ImportanceMatrix importance(
            GgufRequest request, ModelFolder base, GgufSource source) {
        if (request.importance().isEmpty()) {
            return ImportanceMatrix.NONE;
        }
        return switch (request.importance().get()) {
            case ImportanceSource.OfFile(Path path) ->
                    ImportanceFile.read(path, GgufTensorMap.of(base.family(), base.config()));
            case ImportanceSource.OfRows _ -> source.importance();
        };
    }

    private record Job(
            GgufWriting writing, GgufSource source, ExportProgress progress, long start) {
        GgufRequest request() {
            return writing.request();
        }
    }

    private GgufReport write(Job job) {
        GgufRequest request = job.request();
        GgufQuant quant = request.quant();
        long bytes = job.writing.bytes(quant);
        // The check writes the merged weights, or those of the file, in full once more.
        long scratch = request.check() ? 4 * job.writing.weights() : 0;
        Optional<GgufCheck> check;
        List<String> notes =
                new ArrayList<>(
                        GgufLimits.notes(job.writing.base().family(), job.writing.config()));
        try (PendingFolder folder =
                PendingFolder.create(request.target(), request.overwrite(), bytes + scratch)) {
            Path file = folder.path().resolve(request.fileName());
            job.writing.write(file, quant, job.progress);
            check = check(job, file);
            if (request.ollama()) {
                ollama(request, folder, notes);
            }
            folder.publish();
        }
        return new GgufReport(
                request.target(),
                request.target().resolve(request.fileName()),
                bytes,
                job.writing.plan(quant).types(),
                check,
                notes,
                (System.nanoTime() - job.start) / NANOS_PER_SECOND);
    }

    private static Optional<GgufCheck> check(Job job, Path file) {
        Path scratch = file.resolveSibling("check");
        Checkpoint weights = job.writing.merge().checkpoint();
        Optional<GgufCheck> check = job.source.check(job.writing.base(), weights, file, scratch);
        check.ifPresent(found -> requireSame(job.request().quant(), found));
        return check.map(found -> found.losesTuning() ? kept(job, found, scratch) : found);
    }

    /// Tries finer types until one changes the model less than tuning did.
    private static GgufCheck kept(Job job, GgufCheck found, Path scratch) {
        Path trial = scratch.resolveSibling("trial.gguf");
        for (GgufQuant finer : job.request().quant().finer()) {
            try {
                job.writing.write(trial, finer, ExportProgress.none());
                double divergence = job.source.distance(trial, scratch).divergence();
                if (divergence < found.tuning().orElseThrow()) {
                    return found.keptBy(finer);
                }
            } catch (AttuneException full) {
                // The file that was asked for is there; it does without advice.
                if (full.kind() == ErrorKind.RESOURCES) {
                    return found;
                }
                throw full;
            } finally {
                delete(trial);
            }
        }
        return found;
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw IoFault.writing(file, e);
        }
    }

    private void ollama(GgufRequest request, PendingFolder folder, List<String> notes) {
        OllamaFiles files =
                OllamaFiles.of(
                        "./" + request.fileName(),
                        request.textFolder(),
                        request.base(),
                        ollama,
                        now);
        folder.write("Modelfile", files.modelfile().getBytes(StandardCharsets.UTF_8));
        String readme = OllamaFiles.readme(request.modelName());
        folder.write("README.md", readme.getBytes(StandardCharsets.UTF_8));
        notes.addAll(files.notes());
    }

    /// Merging, and plain floats, must give the same model.
    private static void requireSame(GgufQuant quant, GgufCheck check) {
        check.merged().ifPresent(merged -> requireSame("The merged model", "merging", merged));
        if (!quant.inBlocks()) {
            requireSame("The file", quant.label(), check.file());
        }
    }

    private static void requireSame(String what, String how, ModelDistance distance) {
        if (!(distance.divergence() < MOST_OF_FLOATS)) {
            throw AttuneException.internal(
                            ("%s is another model: its next tokens diverge by %.2g nats, where %s"
                                            + " makes at most %.2g. Nothing was kept.")
                                    .formatted(what, distance.divergence(), how, MOST_OF_FLOATS))
                    .fix("Report it with the names of the base and the adapter.");
        }
    }
}
