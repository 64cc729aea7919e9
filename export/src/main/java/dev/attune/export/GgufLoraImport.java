package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.export.GgufTensorMap.Entry;
import dev.attune.format.GgmlFloats;
import dev.attune.format.GgufFile;
import dev.attune.format.GgufTensor;
import dev.attune.format.PendingFolder;
import dev.attune.format.SafetensorsDtype;
import dev.attune.format.SafetensorsWriter;
import dev.attune.format.TensorSpec;
import dev.attune.model.ModelFolder;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes a folder as PEFT writes it of an adapter in a GGUF file.
public final class GgufLoraImport {
    private static final String KEY = "base_model.model.";

    private final GgufFile file;
    private final ModelFolder base;
    private final List<Part> parts = new ArrayList<>();

    private GgufLoraImport(GgufFile file, ModelFolder base) {
        this.file = file;
        this.base = base;
    }

    /// The update of one layer.
    ///
    /// @param index which of the matrices that stand in one tensor, 0 where it is alone
    private record Part(Entry entry, int index, boolean table) {
        String path() {
            String weight = entry.sources().get(index);
            return weight.substring(0, weight.length() - ".weight".length());
        }
    }

    /// Whether a GGUF file is an adapter.
    public static boolean is(Path gguf) {
        try (GgufFile file = GgufFile.open(gguf)) {
            return file.metadata().text("general.type").filter("adapter"::equals).isPresent();
        }
    }

    /// Writes the folder, whole or not at all.
    ///
    /// @param base the folder of the model that the adapter is for
    /// @throws AttuneException of kind USER if the file is damaged, no LoRA adapter, or one of
    ///   another model
    public static void unpack(Path gguf, Path base, Path target) {
        try (GgufFile file = GgufFile.open(gguf);
                PendingFolder folder =
                        PendingFolder.create(target, false, gguf.toFile().length())) {
            GgufLoraImport read = new GgufLoraImport(file, ModelFolder.read(base));
            read.require();
            read.write(folder);
            folder.publish();
        }
    }

    private void require() {
        for (GgufTensor tensor : file.tensors().values()) {
            if (!GgmlFloats.handles(tensor.type())) {
                throw refused(
                        "The tensor %s is of type %s, which Attune does not read."
                                .formatted(tensor.name(), tensor.type()));
            }
        }
        String type = file.metadata().text("adapter.type").orElse("nothing");
        if (!type.equals("lora")) {
            throw refused("Its adapter.type is %s, expected lora.".formatted(type));
        }
        String found = file.metadata().text("general.architecture").orElse("nothing");
        String expected = GgufFamily.of(base.family()).architecture();
        if (!found.equals(expected)) {
            throw refused(
                    "The adapter is for the architecture %s, the base is %s."
                            .formatted(found, expected));
        }
        Set<String> left = new HashSet<>(file.tensors().keySet());
        for (Entry entry : GgufTensorMap.of(base.family(), base.config()).entries()) {
            if (left.remove(entry.gguf() + GgufLora.A) && left.remove(entry.gguf() + GgufLora.B)) {
                boolean table = entry.gguf().equals("token_embd.weight");
                for (int i = 0; i < entry.sources().size(); i++) {
                    parts.add(new Part(entry, i, table));
                }
            }
        }
        if (!left.isEmpty() || parts.isEmpty()) {
            String what = left.isEmpty() ? "no tensor" : left.iterator().next();
            throw refused("The file has %s, which the base has no place for.".formatted(what));
        }
        parts.forEach(this::requireShapes);
    }

    private void requireShapes(Part part) {
        List<Long> a = each(part, GgufLora.A);
        List<Long> b = each(part, GgufLora.B);
        boolean agree =
                a.size() == 2 && b.size() == 2 && a.get(part.table ? 1 : 0).equals(b.get(1));
        if (!agree) {
            throw refused(
                    "The shapes of %s do not go together: %s and %s."
                            .formatted(part.entry.gguf(), a, b));
        }
    }

    private AttuneException refused(String what) {
        return AttuneException.user(what)
                .at(file.path())
                .fix("Name the model that the adapter was trained on with --base MODEL.");
    }

    private GgufTensor tensor(Part part, String which) {
        GgufTensor tensor = file.tensors().get(part.entry.gguf() + which);
        if (tensor == null) {
            throw refused("The file lacks %s.".formatted(part.entry.gguf() + which));
        }
        return tensor;
    }

    /// The shape of one matrix.
    private List<Long> each(Part part, String which) {
        List<Long> shape = tensor(part, which).shape();
        return part.entry.stacked() ? shape.subList(1, shape.size()) : shape;
    }

    private void write(PendingFolder folder) {
        List<TensorSpec> specs = new ArrayList<>();
        for (Part part : parts) {
            List<Long> a = each(part, GgufLora.A);
            specs.add(spec(key(part, "A"), part.table ? a.reversed() : a));
            specs.add(spec(key(part, "B"), each(part, GgufLora.B)));
        }
        Path file = folder.path().resolve("adapter_model.safetensors");
        try (var writer = SafetensorsWriter.create(file, specs, Map.of("format", "pt"))) {
            for (Part part : parts) {
                try (var _ = Scope.open(part.path())) {
                    Tensor a = values(part, GgufLora.A);
                    Tensor turned = part.table ? a.transposed().contiguous() : a;
                    writer.write(key(part, "A"), turned.memory());
                    Tensor b = values(part, GgufLora.B);
                    GgufChange change = GgufLora.ofRows(part.entry.change());
                    writer.write(key(part, "B"), change.backward(b).memory());
                }
            }
            writer.finish();
        }
        folder.write("adapter_config.json", config());
    }

    private static TensorSpec spec(String name, List<Long> shape) {
        return new TensorSpec(name, SafetensorsDtype.F32, shape);
    }

    private static String key(Part part, String letter) {
        String factor = part.table ? ".lora_embedding_" + letter : ".lora_" + letter + ".weight";
        return KEY + part.path() + factor;
    }

    private Tensor values(Part part, String which) {
        GgufTensor tensor = tensor(part, which);
        List<Long> shape = each(part, which);
        int count = Math.toIntExact(shape.get(0) * shape.get(1));
        MemorySegment bytes = file.blocks(tensor);
        long length = bytes.byteSize() / part.entry.sources().size();
        float[] values = new float[count];
        GgmlFloats.decode(tensor.type(), bytes.asSlice(part.index * length, length), values);
        return Tensor.of(values, shape.get(0), shape.get(1));
    }

    private byte[] config() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        long r = rank(parts.getFirst());
        json.put("peft_type", "LORA");
        json.put("task_type", "CAUSAL_LM");
        json.put("r", r);
        // Without an alpha, llama.cpp takes the product of the factors as it is.
        double alpha = file.metadata().real("adapter.lora.alpha").orElse(0);
        json.put("lora_alpha", alpha == 0 ? r : alpha);
        json.put("bias", "none");
        json.put("fan_in_fan_out", base.family().conv1d());
        ArrayNode targets = json.putArray("target_modules");
        ObjectNode ranks = json.putObject("rank_pattern");
        ObjectNode alphas = json.putObject("alpha_pattern");
        for (Part part : parts) {
            targets.add(part.path());
            if (rank(part) != r) {
                ranks.put(part.path(), rank(part));
                if (alpha == 0) {
                    alphas.put(part.path(), rank(part));
                }
            }
        }
        return json.toPrettyString().getBytes(StandardCharsets.UTF_8);
    }

    private long rank(Part part) {
        return each(part, GgufLora.B).get(1);
    }
}
