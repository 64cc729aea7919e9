package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.format.GgufValue;
import dev.attune.format.GgufValue.Text;
import dev.attune.format.GgufValue.Whole;
import dev.attune.format.GgufValueType;
import dev.attune.format.GgufWriter;
import dev.attune.model.DecoderConfig;
import dev.attune.model.ModelFolder;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

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
/// @param importance which columns of weights matter
/// @param threads how many round weights side by side
record GgufWriting(
        GgufRequest request,
        ModelFolder base,
        DecoderConfig config,
        Merge merge,
        Map<String, GgufValue> tokens,
        ImportanceMatrix importance,
        int threads) {

    /// The tensors of the file.
    GgufPlan plan(GgufQuant quant) {
        Map<String, MergePlan.Output> named = merge.plan().byFullName(base);
        return GgufPlan.of(base.family(), config, named, quant, importance.size() > 0);
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
        for (int i = 0; i < output.sources().size(); i++) {
            try (var _ = Scope.open(name)) {
                Tensor weight = output.change().forward(merge.values(output.sources().get(i)));
                encoder.encode(
                        weight,
                        output.spec().type(),
                        importance(output, i),
                        bytes -> writer.append(name, bytes));
            }
        }
    }

    /// How much the columns of a weight count, where its type can heed that.
    private float[] importance(GgufPlan.Output output, int source) {
        if (output.spec().type().blockLength() == 1) {
            return new float[0];
        }
        float[] found = importance.of(output.weights().get(source));
        long columns = output.spec().shape().getLast();
        if (found.length > 0 && found.length != columns) {
            throw AttuneException.user(
                            "The importance matrix has %d columns for %s, which has %d."
                                    .formatted(found.length, output.spec().name(), columns))
                    .fix("Give the importance matrix of this model, or --imatrix auto.");
        }
        return found;
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
        pairs.put("general.name", new Text(GgufName.of(request.modelName(), tokens)));
        ModelCard.licenseOf(request.base())
                .ifPresent(license -> pairs.put("general.license", new Text(license)));
        pairs.put("general.file_type", new Whole(GgufValueType.UINT32, quant.fileType()));
        if (quant.inBlocks()) {
            pairs.put("general.quantization_version", new Whole(GgufValueType.UINT32, 2));
        }
        request.importance()
                .ifPresent(source -> {
                    pairs.put("quantize.imatrix.file", new Text(source.label()));
                    pairs.put(
                            "quantize.imatrix.entries_count",
                            new Whole(GgufValueType.INT32, importance.size()));
                });
        pairs.putAll(GgufHyperparameters.of(base.family(), config));
        pairs.putAll(tokens);
        return pairs;
    }
}
