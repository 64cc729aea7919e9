package dev.attune.export;

import dev.attune.format.Checkpoint;
import dev.attune.format.CheckpointWriter;
import dev.attune.format.SafetensorsDtype;
import dev.attune.format.TensorSpec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;

/// Models that differ a little from the reference ones.
final class Variants {
    private static final Pattern LAYER = Pattern.compile("(model\\.layers\\.)(\\d+)(\\..*)");

    private Variants() {}

    /// The same with another number of layers: those that there are, over and over.
    static Path layers(Path model, int count, Path folder) {
        return write(
                model,
                folder,
                "\"num_hidden_layers\": \\d+",
                "\"num_hidden_layers\": " + count,
                from -> {
                    Map<TensorSpec, MemorySegment> all = new LinkedHashMap<>();
                    long layers =
                            from.tensors().keySet().stream()
                                    .map(LAYER::matcher)
                                    .filter(m -> m.matches())
                                    .map(m -> m.group(2))
                                    .distinct()
                                    .count();
                    for (TensorSpec spec : from.specs()) {
                        var name = LAYER.matcher(spec.name());
                        if (!name.matches()) {
                            all.put(spec, from.bytes(spec.name()));
                            continue;
                        }
                        for (int i = Integer.parseInt(name.group(2));
                                i < count;
                                i += (int) layers) {
                            String other = name.group(1) + i + name.group(3);
                            all.put(
                                    new TensorSpec(other, spec.dtype(), spec.shape()),
                                    from.bytes(spec.name()));
                        }
                    }
                    return all;
                });
    }

    /// The same Llama with biases in attention.
    static Path biased(Path model, Path folder) {
        return write(
                model,
                folder,
                "\"attention_bias\": false",
                "\"attention_bias\": true",
                from -> {
                    Map<TensorSpec, MemorySegment> all = new LinkedHashMap<>();
                    Random random = new Random(3);
                    for (TensorSpec spec : from.specs()) {
                        all.put(spec, from.bytes(spec.name()));
                        if (spec.name().contains("self_attn")) {
                            long size = spec.shape().getFirst();
                            ByteBuffer bytes =
                                    ByteBuffer.allocate((int) (4 * size))
                                            .order(ByteOrder.LITTLE_ENDIAN);
                            for (int i = 0; i < size; i++) {
                                bytes.putFloat((float) random.nextGaussian());
                            }
                            String name = spec.name().replace(".weight", ".bias");
                            all.put(
                                    new TensorSpec(name, SafetensorsDtype.F32, List.of(size)),
                                    MemorySegment.ofArray(bytes.array()));
                        }
                    }
                    return all;
                });
    }

    /// A made-up Llama with rows of 256 and 512.
    static Path wide(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.writeString(
                    folder.resolve("config.json"),
                    """
                    {"architectures": ["LlamaForCausalLM"], "hidden_size": 256,
                     "intermediate_size": 512, "num_hidden_layers": 9, "num_attention_heads": 4,
                     "num_key_value_heads": 2, "vocab_size": 256, "rms_norm_eps": 1e-5,
                     "max_position_embeddings": 128, "tie_word_embeddings": false}
                    """);
            Map<TensorSpec, MemorySegment> all = new LinkedHashMap<>();
            Random random = new Random(5);
            gaussian("model.embed_tokens.weight", 1, random, all, 256L, 256L);
            gaussian("lm_head.weight", 0.05, random, all, 256L, 256L);
            gaussian("model.norm.weight", 1, random, all, 256L);
            for (int i = 0; i < 9; i++) {
                String layer = "model.layers." + i + ".";
                gaussian(layer + "input_layernorm.weight", 1, random, all, 256L);
                gaussian(layer + "post_attention_layernorm.weight", 1, random, all, 256L);
                gaussian(layer + "self_attn.q_proj.weight", 0.05, random, all, 256L, 256L);
                gaussian(layer + "self_attn.k_proj.weight", 0.05, random, all, 128L, 256L);
                gaussian(layer + "self_attn.v_proj.weight", 0.05, random, all, 128L, 256L);
                gaussian(layer + "self_attn.o_proj.weight", 0.05, random, all, 256L, 256L);
                gaussian(layer + "mlp.gate_proj.weight", 0.05, random, all, 512L, 256L);
                gaussian(layer + "mlp.up_proj.weight", 0.05, random, all, 512L, 256L);
                gaussian(layer + "mlp.down_proj.weight", 0.05, random, all, 256L, 512L);
            }
            write(folder, all);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void gaussian(
            String name,
            double deviation,
            Random random,
            Map<TensorSpec, MemorySegment> all,
            Long... shape) {
        TensorSpec spec = new TensorSpec(name, SafetensorsDtype.F32, List.of(shape));
        ByteBuffer bytes =
                ByteBuffer.allocate((int) spec.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            bytes.putFloat((float) (deviation * random.nextGaussian()));
        }
        all.put(spec, MemorySegment.ofArray(bytes.array()));
    }

    private static void write(Path folder, Map<TensorSpec, MemorySegment> all) {
        try (CheckpointWriter writer =
                CheckpointWriter.create(
                        folder, new ArrayList<>(all.keySet()), Map.of(), 1L << 40)) {
            all.forEach((spec, bytes) -> writer.write(spec.name(), bytes));
            writer.finish();
        }
    }

    /// What the tensors of a variant are.
    private interface Tensors {
        Map<TensorSpec, MemorySegment> of(Checkpoint from);
    }

    private static Path write(Path model, Path folder, String key, String value, Tensors tensors) {
        try (Checkpoint from = Checkpoint.open(model)) {
            Files.createDirectories(folder);
            String config = Files.readString(model.resolve("config.json")).replaceAll(key, value);
            Files.writeString(folder.resolve("config.json"), config);
            write(folder, tensors.of(from));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
