package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;
import dev.attune.export.GgufTensorMap.Entry;
import dev.attune.format.CheckpointWriter;
import dev.attune.format.GgmlFloats;
import dev.attune.format.GgmlType;
import dev.attune.format.GgufFile;
import dev.attune.format.GgufTensor;
import dev.attune.format.PendingFolder;
import dev.attune.format.SafetensorsDtype;
import dev.attune.format.TensorSpec;
import dev.attune.model.DecoderConfig;
import dev.attune.model.ModelFolder;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;
import dev.attune.text.GgufTokenizerFiles;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes a model folder of a GGUF file, which can then be tuned, asked and exported as any other.
///
/// Names and orders are turned back and quantised weights become bfloat16, one tensor at a time;
/// plain floats keep their type.
public final class GgufImport {
    private GgufImport() {}

    /// Writes the folder. If it returns, the folder is complete; if it throws, nothing of it is
    /// left.
    ///
    /// @throws AttuneException of kind USER if the file is damaged, or of a model or type that
    ///   Attune does not know; RESOURCES if the disk is too small
    public static void unpack(Path gguf, Path target, ExportProgress progress) {
        if (GgufLoraImport.is(gguf)) {
            throw AttuneException.user("The file is an adapter, no model.")
                    .at(gguf)
                    .fix("attune export FILE --base MODEL --to peft -o DIR makes a folder of it.");
        }
        try (GgufFile file = GgufFile.open(gguf)) {
            GgufKeys keys = GgufKeys.of(file);
            requireReadable(file);
            long bytes =
                    file.tensors().values().stream().mapToLong(t -> 2 * t.elementCount()).sum();
            try (PendingFolder folder = PendingFolder.create(target, false, bytes)) {
                folder.write("config.json", utf8(GgufConfig.of(keys).toPrettyString()));
                GgufTokenizerFiles.of(file.metadata())
                        .forEach((name, text) -> folder.write(name, utf8(text)));
                DecoderConfig config = ModelFolder.readConfig(folder.path());
                new Unpacking(keys, GgufTensorMap.of(keys.family(), config), config)
                        .writeTo(folder.path(), progress);
                ModelFolder.read(folder.path());
                folder.publish();
            }
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void requireReadable(GgufFile file) {
        Problems problems = new Problems("Cannot read " + file.path());
        Set<GgmlType> unknown = new HashSet<>();
        for (GgufTensor tensor : file.tensors().values()) {
            if (!GgmlFloats.handles(tensor.type()) && unknown.add(tensor.type())) {
                problems.add(
                        AttuneException.user(
                                        "The tensor %s is of type %s, which Attune does not read."
                                                .formatted(tensor.name(), tensor.type()))
                                .at(file.path())
                                .fix("Get the model as F16, Q8_0, Q4_K_M or the like."));
            }
        }
        problems.throwIfAny();
    }

    private record Unpacking(GgufKeys keys, GgufTensorMap map, DecoderConfig config) {
        void writeTo(Path folder, ExportProgress progress) {
            List<Entry> entries = map.entries().stream().filter(this::wanted).toList();
            List<TensorSpec> specs = new ArrayList<>();
            entries.forEach(entry -> specs.addAll(specs(entry)));
            try (CheckpointWriter writer =
                    CheckpointWriter.create(
                            folder,
                            specs,
                            Map.of("format", "pt"),
                            CheckpointWriter.DEFAULT_MAX_SHARD_BYTES)) {
                int done = 0;
                for (Entry entry : entries) {
                    write(entry, writer);
                    progress.written(entry.gguf(), ++done, entries.size());
                }
                writer.finish();
            }
        }

        /// A tied head that the file has as a tensor of its own is the embedding once more.
        private boolean wanted(Entry entry) {
            boolean copy = entry.gguf().equals("output.weight") && config.tieWordEmbeddings();
            return keys.has(entry.gguf()) && !copy;
        }

        private List<TensorSpec> specs(Entry entry) {
            GgufTensor tensor = keys.tensor(entry.gguf());
            List<Long> shape = new ArrayList<>(tensor.shape());
            if (entry.stacked()) {
                shape.removeFirst();
            }
            boolean turned = entry.change().order() == GgufChange.Order.TRANSPOSED;
            List<Long> stored = turned ? shape.reversed() : shape;
            SafetensorsDtype dtype = stored(tensor.type());
            return entry.sources().stream().map(n -> new TensorSpec(n, dtype, stored)).toList();
        }

        private static SafetensorsDtype stored(GgmlType type) {
            return switch (type) {
                case F32 -> SafetensorsDtype.F32;
                case F16 -> SafetensorsDtype.F16;
                default -> SafetensorsDtype.BF16;
            };
        }

        private static Dtype torch(GgmlType type) {
            return switch (type) {
                case F32 -> Dtype.FLOAT32;
                case F16 -> Dtype.FLOAT16;
                default -> Dtype.BFLOAT16;
            };
        }

        private void write(Entry entry, CheckpointWriter writer) {
            GgufTensor tensor = keys.tensor(entry.gguf());
            List<Long> shape = new ArrayList<>(tensor.shape());
            if (entry.stacked()) {
                shape.removeFirst();
            }
            int parts = entry.sources().size();
            MemorySegment bytes = keys.file().blocks(tensor);
            long each = bytes.byteSize() / parts;
            for (int i = 0; i < parts; i++) {
                try (var _ = Scope.open(entry.gguf())) {
                    float[] values = new float[Math.toIntExact(tensor.elementCount() / parts)];
                    GgmlFloats.decode(tensor.type(), bytes.asSlice(i * each, each), values);
                    Tensor weight =
                            Tensor.of(values, shape.stream().mapToLong(Long::longValue).toArray());
                    Tensor back = entry.change().backward(weight).to(torch(tensor.type()));
                    writer.write(entry.sources().get(i), back.contiguous().memory());
                }
            }
        }
    }
}
