package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.format.Checkpoint;
import dev.attune.format.GgufValue;
import dev.attune.format.GgufValue.Text;
import dev.attune.format.GgufValue.Whole;
import dev.attune.format.GgufValueType;
import dev.attune.format.GgufWriter;
import dev.attune.format.PendingFolder;
import dev.attune.model.DecoderConfig;
import dev.attune.model.ModelFolder;
import dev.attune.tensor.Scope;
import dev.attune.text.GgufTokens;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

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
    ///   cannot be written to
    public GgufReport export(GgufRequest request, ExportProgress progress) {
        long start = System.nanoTime();
        ModelFolder base = ModelFolder.read(request.base());
        request.adapter().ifPresent(ModelExport::requireAdapter);
        ModelExport.requireApart(request.asExport());
        GgufLimits.require(base.family(), base.config());
        Map<String, GgufValue> tokens =
                GgufTokens.of(request.textFolder(), base.config().vocabSize(), now);
        try (GgufSource source = GgufSource.of(request, base)) {
            return write(new Job(request, base, tokens, source, progress, start));
        }
    }

    private record Job(
            GgufRequest request,
            ModelFolder base,
            Map<String, GgufValue> tokens,
            GgufSource source,
            ExportProgress progress,
            long start) {}

    private GgufReport write(Job job) {
        try (Checkpoint checkpoint = Checkpoint.open(job.request.base())) {
            MergePlan merge =
                    MergePlan.of(job.base, checkpoint, job.source.changes(), Optional.empty());
            DecoderConfig config = merge.untied() ? job.base.config().untied() : job.base.config();
            GgufLimits.require(job.base.family(), config);
            GgufPlan plan =
                    GgufPlan.of(
                            job.base.family(),
                            config,
                            merge.byFullName(job.base),
                            job.request.quant());
            Map<String, GgufValue> metadata = metadata(job, config);
            long bytes = GgufWriter.fileBytes(metadata, plan.specs());
            Optional<GgufCheck> check;
            List<String> notes = new ArrayList<>(GgufLimits.notes(job.base.family(), config));
            try (PendingFolder folder =
                    PendingFolder.create(
                            job.request.target(), job.request.overwrite(), bytes + unpacked(job))) {
                Path file = folder.path().resolve(job.request.fileName());
                try (GgufWriter writer = GgufWriter.create(file, metadata, plan.specs())) {
                    tensors(new Merge(checkpoint, merge), plan, writer, job.progress);
                    writer.finish();
                }
                check = job.source.check(file, folder.path().resolve("check"));
                check.ifPresent(found -> requireSame(job.request.quant(), found));
                if (job.request.ollama()) {
                    ollama(job.request, folder, notes);
                }
                folder.publish();
            }
            return new GgufReport(
                    job.request.target(),
                    job.request.target().resolve(job.request.fileName()),
                    bytes,
                    plan.types(),
                    check,
                    notes,
                    (System.nanoTime() - job.start) / NANOS_PER_SECOND);
        }
    }

    /// What the check takes on the disk while it reads the file back.
    private static long unpacked(Job job) {
        int weightBytes = job.request.quant() == GgufQuant.F32 ? Float.BYTES : Short.BYTES;
        return job.request.check() ? job.base.parameters() * weightBytes : 0;
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

    /// Plain floats must give the same model.
    private static void requireSame(GgufQuant quant, GgufCheck check) {
        if (!quant.inBlocks() && !(check.divergence() < MOST_OF_FLOATS)) {
            throw AttuneException.internal(
                            ("The file gives another model: its next tokens diverge by %.2g nats,"
                                            + " where %s makes at most %.2g. Nothing was kept.")
                                    .formatted(check.divergence(), quant.label(), MOST_OF_FLOATS))
                    .fix("Report it with the names of the base and the adapter.");
        }
    }

    private void tensors(Merge merge, GgufPlan plan, GgufWriter writer, ExportProgress progress) {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            GgufEncoder encoder = new GgufEncoder(pool, threads);
            int done = 0;
            for (GgufPlan.Output output : plan.outputs()) {
                String name = output.spec().name();
                for (MergePlan.Output source : output.sources()) {
                    try (var _ = Scope.open(name)) {
                        encoder.encode(
                                output.change().forward(merge.values(source)),
                                output.spec().type(),
                                bytes -> writer.append(name, bytes));
                    }
                }
                progress.written(name, ++done, plan.outputs().size());
            }
        }
        plan.factors().forEach((name, values) -> writer.append(name, floats(values)));
    }

    private static MemorySegment floats(List<Double> values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.size()).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(value -> bytes.putFloat(value.floatValue()));
        return MemorySegment.ofArray(bytes.array());
    }

    private static Map<String, GgufValue> metadata(Job job, DecoderConfig config) {
        GgufQuant quant = job.request.quant();
        Map<String, GgufValue> pairs = new LinkedHashMap<>();
        GgufFamily there = GgufFamily.of(job.base.family());
        pairs.put("general.architecture", new Text(there.architecture()));
        pairs.put("general.type", new Text("model"));
        pairs.put("general.name", new Text(job.request.modelName()));
        ModelCard.licenseOf(job.request.base())
                .ifPresent(license -> pairs.put("general.license", new Text(license)));
        pairs.put("general.file_type", new Whole(GgufValueType.UINT32, quant.fileType()));
        if (quant.inBlocks()) {
            pairs.put("general.quantization_version", new Whole(GgufValueType.UINT32, 2));
        }
        pairs.putAll(GgufHyperparameters.of(job.base.family(), config));
        pairs.putAll(job.tokens);
        return pairs;
    }
}
