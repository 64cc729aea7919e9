package dev.attune.model;

import dev.attune.format.CheckpointWriter;
import dev.attune.format.SafetensorsDtype;
import dev.attune.format.TensorSpec;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// A small checkpoint that a test writes itself, and bends before it writes it.
///
/// Weights are drawn evenly from ±0.5 with a fixed seed, in the order of their names here.
final class TinyCheckpoint {
    /// V 16, C 8, 2 layers, 2 heads, 1 key-value head, F 12.
    static final String LLAMA_CONFIG =
            """
            {
              "architectures": ["LlamaForCausalLM"],
              "model_type": "llama",
              "vocab_size": 16,
              "hidden_size": 8,
              "intermediate_size": 12,
              "num_hidden_layers": 2,
              "num_attention_heads": 2,
              "num_key_value_heads": 1
            }
            """;

    /// V 16, C 8, 2 layers, 2 heads, 16 positions.
    static final String GPT2_CONFIG =
            """
            {
              "architectures": ["GPT2LMHeadModel"],
              "model_type": "gpt2",
              "vocab_size": 16,
              "n_embd": 8,
              "n_layer": 2,
              "n_head": 2,
              "n_positions": 16
            }
            """;

    private static final JsonMapper MAPPER = new JsonMapper();

    private final Map<String, List<Long>> shapes = new LinkedHashMap<>();
    private final Map<String, SafetensorsDtype> types = new LinkedHashMap<>();
    private final Map<String, String> copies = new LinkedHashMap<>();
    private String config;
    private boolean drawn = true;

    private TinyCheckpoint(String config) {
        this.config = config;
    }

    /// A model of the Llama family with an untied head.
    static TinyCheckpoint llama() {
        TinyCheckpoint tiny = new TinyCheckpoint(LLAMA_CONFIG).with("model.embed_tokens", 16, 8);
        for (int i = 0; i < 2; i++) {
            String layer = "model.layers." + i + ".";
            tiny.with(layer + "self_attn.q_proj", 8, 8)
                    .with(layer + "self_attn.k_proj", 4, 8)
                    .with(layer + "self_attn.v_proj", 4, 8)
                    .with(layer + "self_attn.o_proj", 8, 8)
                    .with(layer + "mlp.gate_proj", 12, 8)
                    .with(layer + "mlp.up_proj", 12, 8)
                    .with(layer + "mlp.down_proj", 8, 12)
                    .with(layer + "input_layernorm", 8)
                    .with(layer + "post_attention_layernorm", 8);
        }
        return tiny.with("model.norm", 8).with("lm_head", 16, 8);
    }

    /// A GPT-2, as transformers writes one: the head is the embedding.
    static TinyCheckpoint gpt2() {
        TinyCheckpoint tiny =
                new TinyCheckpoint(GPT2_CONFIG)
                        .with("transformer.wte", 16, 8)
                        .with("transformer.wpe", 16, 8);
        for (int i = 0; i < 2; i++) {
            String layer = "transformer.h." + i + ".";
            tiny.with(layer + "ln_1", 8)
                    .withBias(layer + "ln_1", 8)
                    .with(layer + "attn.c_attn", 8, 24)
                    .withBias(layer + "attn.c_attn", 24)
                    .with(layer + "attn.c_proj", 8, 8)
                    .withBias(layer + "attn.c_proj", 8)
                    .with(layer + "ln_2", 8)
                    .withBias(layer + "ln_2", 8)
                    .with(layer + "mlp.c_fc", 8, 32)
                    .withBias(layer + "mlp.c_fc", 32)
                    .with(layer + "mlp.c_proj", 32, 8)
                    .withBias(layer + "mlp.c_proj", 8);
        }
        return tiny.with("transformer.ln_f", 8).withBias("transformer.ln_f", 8);
    }

    /// One more weight, or another shape for one.
    TinyCheckpoint with(String module, long... shape) {
        return tensor(module + ".weight", shape);
    }

    TinyCheckpoint withBias(String module, long... shape) {
        return tensor(module + ".bias", shape);
    }

    TinyCheckpoint tensor(String name, long... shape) {
        shapes.put(name, Arrays.stream(shape).boxed().toList());
        return this;
    }

    /// A tensor with the numbers of another.
    TinyCheckpoint copy(String name, String of) {
        shapes.put(name, Objects.requireNonNull(shapes.get(of)));
        copies.put(name, of);
        return this;
    }

    TinyCheckpoint without(String name) {
        shapes.remove(name);
        return this;
    }

    TinyCheckpoint typed(String name, SafetensorsDtype type) {
        types.put(name, type);
        return this;
    }

    /// The Llama shapes for another hidden size.
    TinyCheckpoint widened(long hidden) {
        shapes.replaceAll((_, shape) -> shape.stream().map(n -> n == 8 ? hidden : n).toList());
        for (int i = 0; i < 2; i++) {
            String layer = "model.layers." + i + ".self_attn.";
            with(layer + "q_proj", 8, hidden).with(layer + "o_proj", hidden, 8);
        }
        return this;
    }

    /// Nothing but zeros, which are quick to write.
    TinyCheckpoint zeros() {
        drawn = false;
        return this;
    }

    /// Other names for all tensors. The numbers stay, since they go by the order.
    TinyCheckpoint renamed(Function<String, String> names) {
        Map<String, List<Long>> before = new LinkedHashMap<>(shapes);
        shapes.clear();
        before.forEach((name, shape) -> shapes.put(names.apply(name), shape));
        return this;
    }

    /// Another text for the whole config.json.
    TinyCheckpoint config(String text) {
        config = text;
        return this;
    }

    /// One more key, or another value for one, of config.json.
    TinyCheckpoint key(String key, String value) {
        config = keyed(config, key, value);
        return this;
    }

    /// A config with one key set to a JSON value.
    static String keyed(String config, String key, String value) {
        ObjectNode node = (ObjectNode) MAPPER.readTree(config);
        return node.set(key, MAPPER.readTree(value)).toPrettyString();
    }

    /// A config with one key taken out.
    static String without(String config, String key) {
        ObjectNode node = (ObjectNode) MAPPER.readTree(config);
        node.remove(key);
        return node.toPrettyString();
    }

    /// Writes config.json and model.safetensors into a folder, which it gives back.
    Path write(Path folder) {
        try {
            Files.writeString(folder.resolve("config.json"), config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return writeWeights(folder);
    }

    private Path writeWeights(Path folder) {
        List<TensorSpec> specs =
                shapes.entrySet().stream()
                        .map(e ->
                                new TensorSpec(
                                        e.getKey(),
                                        types.getOrDefault(e.getKey(), SafetensorsDtype.F32),
                                        e.getValue()))
                        .toList();
        RandomGenerator random = new SplittableRandom(7);
        Map<String, MemorySegment> written = new LinkedHashMap<>();
        try (Arena arena = Arena.ofConfined();
                CheckpointWriter writer =
                        CheckpointWriter.create(
                                folder,
                                specs,
                                Map.of("format", "pt"),
                                CheckpointWriter.DEFAULT_MAX_SHARD_BYTES)) {
            for (TensorSpec spec : specs) {
                String source = copies.get(spec.name());
                MemorySegment bytes =
                        source == null
                                ? drawn(spec, random, arena)
                                : Objects.requireNonNull(written.get(source));
                written.put(spec.name(), bytes);
                writer.write(spec.name(), bytes);
            }
            writer.finish();
        }
        return folder;
    }

    private MemorySegment drawn(TensorSpec spec, RandomGenerator random, Arena arena) {
        MemorySegment bytes = arena.allocate(spec.byteLength());
        if (drawn && spec.dtype() == SafetensorsDtype.F32) {
            for (long i = 0; i < spec.elementCount(); i++) {
                bytes.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
            }
        }
        return bytes;
    }
}
