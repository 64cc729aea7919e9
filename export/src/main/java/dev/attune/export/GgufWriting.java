package dev.attune.export;

import dev.attune.format.GgufValue;
import dev.attune.format.GgufValue.Text;
import dev.attune.format.GgufValue.Whole;
import dev.attune.format.GgufValueType;
import dev.attune.format.GgufWriter;
import dev.attune.model.DecoderConfig;
import dev.attune.model.ModelFolder;
import dev.attune.tensor.Scope;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Writes a model as a GGUF file, rounded to one type or another.
///
/// @param request what was asked for
/// @param base the model
/// @param config how the merged model computes
/// @param merge its weights
/// @param tokens the metadata of its tokenizer
/// @param threads how many round weights side by side
record GgufWriting(
        GgufRequest request,
        ModelFolder base,
        DecoderConfig config,
        Merge merge,
        Map<String, GgufValue> tokens,
        int threads) {

    /// The tensors of the file.
    GgufPlan plan(GgufQuant quant) {
        return GgufPlan.of(base.family(), config, merge.plan().byFullName(base), quant);
    }

    /// How large the file will be.
    long bytes(GgufQuant quant) {
        return GgufWriter.fileBytes(metadata(quant), plan(quant).specs());
    }

    /// How many weights the model has.
    long weights() {
        return plan(GgufQuant.F32).specs().stream().mapToLong(spec -> spec.byteLength() / 4).sum();
    }

    /// Writes the file.
    void write(Path file, GgufQuant quant, ExportProgress progress) {
        GgufPlan plan = plan(quant);
        try (GgufWriter writer = GgufWriter.create(file, metadata(quant), plan.specs());
                ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            GgufEncoder encoder = new GgufEncoder(pool, threads);
            int done = 0;
            for (GgufPlan.Output output : plan.outputs()) {
                write(output, encoder, writer);
                progress.written(output.spec().name(), ++done, plan.outputs().size());
            }
            plan.factors().forEach((name, values) -> writer.append(name, floats(values)));
            writer.finish();
        }
    }

    private void write(GgufPlan.Output output, GgufEncoder encoder, GgufWriter writer) {
        String name = output.spec().name();
        for (MergePlan.Output source : output.sources()) {
            try (var _ = Scope.open(name)) {
                encoder.encode(
                        output.change().forward(merge.values(source)),
                        output.spec().type(),
                        bytes -> writer.append(name, bytes));
            }
        }
    }

    private static MemorySegment floats(List<Double> values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.size()).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(value -> bytes.putFloat(value.floatValue()));
        return MemorySegment.ofArray(bytes.array());
    }

    private Map<String, GgufValue> metadata(GgufQuant quant) {
        Map<String, GgufValue> pairs = new LinkedHashMap<>();
        GgufFamily there = GgufFamily.of(base.family());
        pairs.put("general.architecture", new Text(there.architecture()));
        pairs.put("general.type", new Text("model"));
        pairs.put("general.name", new Text(request.modelName()));
        ModelCard.licenseOf(request.base())
                .ifPresent(license -> pairs.put("general.license", new Text(license)));
        pairs.put("general.file_type", new Whole(GgufValueType.UINT32, quant.fileType()));
        if (quant.inBlocks()) {
            pairs.put("general.quantization_version", new Whole(GgufValueType.UINT32, 2));
        }
        pairs.putAll(GgufHyperparameters.of(base.family(), config));
        pairs.putAll(tokens);
        return pairs;
    }
}
