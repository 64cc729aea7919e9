package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.format.Checkpoint;
import dev.attune.format.IoFault;
import dev.attune.format.PendingFolder;
import dev.attune.format.SafetensorsDtype;
import dev.attune.format.SafetensorsFile;
import dev.attune.model.Adapter;
import dev.attune.model.AdapterChange;
import dev.attune.model.AdapterWriter;
import dev.attune.model.Decoder;
import dev.attune.model.ModelFolder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/// Writes a base model, or an adapter of it, in the format of another program, and checks by logits
/// that it is still the same model.
///
/// The check needs the base in memory, in float32; merging itself needs the adapter and one weight.
/// Not thread-safe.
public final class ModelExport {
    private static final double NANOS_PER_SECOND = 1e9;

    private final ToLongFunction<Path> freeBytes;

    /// With the room that the disk has.
    public ModelExport() {
        this(PendingFolder::usableSpace);
    }

    /// @param freeBytes the room that the disk of a folder has, 0 if it does not say
    ModelExport(ToLongFunction<Path> freeBytes) {
        this.freeBytes = freeBytes;
    }

    /// Writes the target. If it returns, the target is complete, safe on the disk, and was found to
    /// give the logits of its sources; if it throws, nothing of it is left.
    ///
    /// @throws AttuneException of kind USER if base, adapter and target do not go together,
    ///   RESOURCES if the disk is too small, ENVIRONMENT if it cannot be written to, INTERNAL if
    ///   the check fails
    public ExportReport export(ExportRequest request, ExportProgress progress) {
        return export(request, progress, _ -> {});
    }

    /// The same with more files.
    ///
    /// @param more writes them, when all others are there
    ExportReport export(
            ExportRequest request, ExportProgress progress, Consumer<PendingFolder> more) {
        long start = System.nanoTime();
        ModelFolder base = ModelFolder.read(request.base());
        request.adapter().ifPresent(ModelExport::requireAdapter);
        requireApart(request);
        LogitCheck check =
                LogitCheck.of(
                        request.options().tokenIds(),
                        base.config().vocabSize(),
                        base.config().maxPositionEmbeddings());
        try (PendingFolder folder =
                PendingFolder.create(
                        request.target(),
                        request.options().overwrite(),
                        estimate(request, base),
                        freeBytes)) {
            Job job = new Job(request, base, check, folder, progress);
            Outcome outcome =
                    switch (request.format()) {
                        case PEFT -> adapter(job);
                        case GGUF_LORA -> ggufLora(job);
                        case HUGGING_FACE -> model(job);
                    };
            more.accept(folder);
            List<String> files = folder.files();
            long bytes = folder.bytes();
            folder.publish();
            double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
            return new ExportReport(
                    request.target(), files, bytes, outcome.untied, outcome.check, seconds);
        }
    }

    private record Job(
            ExportRequest request,
            ModelFolder base,
            LogitCheck check,
            PendingFolder folder,
            ExportProgress progress) {
        String baseName() {
            return request.options()
                    .baseName()
                    .orElseGet(() ->
                            String.valueOf(
                                    request.base().toAbsolutePath().normalize().getFileName()));
        }

        ModelCard card(Optional<Adapter> adapter) {
            return new ModelCard(
                    String.valueOf(request.target().toAbsolutePath().normalize().getFileName()),
                    baseName(),
                    ModelCard.licenseOf(request.base()),
                    adapter.map(Adapter::config));
        }

        float[] logits(Decoder decoder, Adapter adapter) {
            adapter.attach();
            float[] logits = check.logits(decoder);
            adapter.detach();
            return logits;
        }
    }

    private record Outcome(boolean untied, LogitDifference check) {}

    private static Outcome model(Job job) {
        Optional<Path> from = job.request.adapter();
        if (from.isEmpty()) {
            return model(job, job.check.logits(job.request.base()), Optional.empty());
        }
        float[] expected;
        Adapter adapter;
        try (Decoder decoder = Decoder.load(job.request.base(), Dtype.FLOAT32, Device.CPU)) {
            adapter = Adapter.load(from.get(), decoder);
            try {
                expected = job.logits(decoder, adapter);
            } catch (RuntimeException | Error e) {
                adapter.close();
                throw e;
            }
        }
        // The base's weights are gone from memory while it merges; the adapter's are its own.
        try (adapter) {
            return model(job, expected, Optional.of(adapter));
        }
    }

    private static Outcome model(Job job, float[] expected, Optional<Adapter> adapter) {
        List<AdapterChange> changes = adapter.map(Adapter::changes).orElse(List.of());
        ExportOptions options = job.request.options();
        MergePlan plan;
        try (Checkpoint checkpoint = Checkpoint.open(job.request.base())) {
            plan = MergePlan.of(job.base, checkpoint, changes, options.dtype());
            new HuggingFaceFolder(job.request.base(), options)
                    .write(job.folder, checkpoint, plan, job.card(adapter), job.progress);
        }
        float[] found = job.check.logits(job.folder.path());
        return new Outcome(plan.untied(), job.check.compare(expected, found, plan.coarsest()));
    }

    private static Path adapterOf(Job job, String whose) {
        return job.request
                .adapter()
                .orElseThrow(() ->
                        AttuneException.user("There is no adapter to write for " + whose + ".")
                                .fix("Name an adapter, or export the model as a whole."));
    }

    private static Outcome ggufLora(Job job) {
        Path from = adapterOf(job, "llama.cpp");
        try (Decoder decoder = Decoder.load(job.request.base(), Dtype.FLOAT32, Device.CPU);
                Adapter adapter = Adapter.load(from, decoder)) {
            float[] expected = job.logits(decoder, adapter);
            Path file = job.folder.path().resolve("adapter.gguf");
            Path read = job.folder.path().resolve("check");
            String name = String.valueOf(job.request.target().toAbsolutePath().getFileName());
            new GgufLora(job.base, adapter, name).write(file, job.progress);
            GgufLoraImport.unpack(file, job.request.base(), read);
            try (Adapter back = Adapter.load(read, decoder)) {
                float[] found = job.logits(decoder, back);
                LogitDifference same = job.check.compare(expected, found, Dtype.FLOAT32);
                PendingFolder.remove(read);
                return new Outcome(false, same);
            }
        }
    }

    private static Outcome adapter(Job job) {
        Path from = adapterOf(job, "PEFT");
        try (Decoder decoder = Decoder.load(job.request.base(), Dtype.FLOAT32, Device.CPU);
                Adapter adapter = Adapter.load(from, decoder)) {
            float[] expected = job.logits(decoder, adapter);
            Dtype dtype = job.request.options().dtype().orElseGet(() -> dtypeOf(from));
            Map<String, Object> kept = kept(from);
            String named = String.valueOf(kept.getOrDefault("base_model_name_or_path", ""));
            String baseName =
                    named.isBlank() || job.request.options().baseName().isPresent()
                            ? job.baseName()
                            : named;
            new AdapterWriter(adapter, decoder.family().conv1d(), baseName)
                    .typed(dtype)
                    .keeping(kept)
                    .write(job.folder.path());
            job.folder.write("README.md", job.card(Optional.of(adapter)).ofAdapter());
            int count = adapter.parameters().size();
            for (int i = 0; i < count; i++) {
                job.progress.written(adapter.parameters().get(i).name(), i + 1, count);
            }
            try (Adapter written = Adapter.load(job.folder.path(), decoder)) {
                float[] found = job.logits(decoder, written);
                return new Outcome(false, job.check.compare(expected, found, dtype));
            }
        }
    }

    /// The one type of an adapter's file; float32, which holds all others, if there are several.
    private static Dtype dtypeOf(Path adapter) {
        Set<SafetensorsDtype> found = new HashSet<>();
        try (SafetensorsFile file =
                SafetensorsFile.open(adapter.resolve("adapter_model.safetensors"))) {
            file.tensors().values().forEach(entry -> found.add(entry.dtype()));
        }
        if (found.equals(Set.of(SafetensorsDtype.BF16))) {
            return Dtype.BFLOAT16;
        }
        return found.equals(Set.of(SafetensorsDtype.F16)) ? Dtype.FLOAT16 : Dtype.FLOAT32;
    }

    /// The entries of an adapter's configuration that are not null.
    private static Map<String, Object> kept(Path adapter) {
        Map<String, Object> kept = new TreeMap<>();
        JsonMapper mapper = new JsonMapper();
        JsonFile.read(adapter.resolve("adapter_config.json"))
                .ifPresent(json ->
                        json.properties().stream()
                                .filter(entry -> !entry.getValue().isNull())
                                .forEach(entry ->
                                        kept.put(
                                                entry.getKey(),
                                                mapper.treeToValue(
                                                        entry.getValue(), Object.class))));
        return kept;
    }

    static void requireAdapter(Path adapter) {
        if (!Files.isDirectory(adapter)) {
            String what = Files.exists(adapter) ? "is no folder" : "does not exist";
            throw AttuneException.user("The adapter " + adapter + " " + what + ".")
                    .fix("Give the folder that holds adapter_config.json.");
        }
    }

    static void requireApart(ExportRequest request) {
        Path target = real(request.target());
        requireApart("base model", real(request.base()), target);
        request.adapter().ifPresent(adapter -> requireApart("adapter", real(adapter), target));
    }

    private static void requireApart(String what, Path source, Path target) {
        if (target.equals(source)) {
            throw AttuneException.user("The folder to write is that of the %s.".formatted(what))
                    .at(target)
                    .fix("Name another folder.");
        }
        if (target.startsWith(source) || source.startsWith(target)) {
            String how = target.startsWith(source) ? "is inside" : "holds";
            throw AttuneException.user("The folder to write %s the %s.".formatted(how, what))
                    .at(target)
                    .fix("Name a folder beside it.");
        }
    }

    /// The path without links, as far as it exists.
    private static Path real(Path path) {
        Path full = path.toAbsolutePath().normalize();
        Path existing = full;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            return existing.toRealPath().resolve(existing.relativize(full)).normalize();
        } catch (IOException e) {
            throw IoFault.reading(path, e);
        }
    }

    private static long estimate(ExportRequest request, ModelFolder base) {
        return switch (request.format()) {
            case PEFT, GGUF_LORA ->
                    request.adapter()
                            .map(a -> a.resolve("adapter_model.safetensors").toFile().length())
                            .orElse(0L);
            case HUGGING_FACE ->
                    request.options()
                            .dtype()
                            .map(type -> base.parameters() * type.elementBytes())
                            .orElse(base.fileBytes());
        };
    }
}
