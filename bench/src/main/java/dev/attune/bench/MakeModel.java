package dev.attune.bench;

import dev.attune.base.AttuneException;
import dev.attune.format.CheckpointWriter;
import dev.attune.format.SafetensorsDtype;
import dev.attune.format.TensorSpec;
import dev.attune.model.CompanionFiles;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/// Writes a Llama of random weights in bfloat16, a tensor at a time: something to export that is as
/// large as wanted.
@Command(
        name = "model",
        description = "Writes a Llama of random weights in bfloat16, to measure commands with.",
        footer = {
            "",
            "Example:",
            "  bench/run model --shape 1b --tokenizer ../shared/data/tokenizers/gpt2 -o big"
        },
        mixinStandardHelpOptions = true)
final class MakeModel implements Callable<Integer> {
    private static final int VOCABULARY = 50_304;
    private static final int HEAD_DIM = 64;

    @Option(
            names = "--shape",
            defaultValue = "135m",
            description = "135m, with a tied head, or 1b (default: ${DEFAULT-VALUE}).")
    private String shape = "";

    @Option(
            names = "--tokenizer",
            required = true,
            description = "A folder with a tokenizer's files, of up to 50,304 tokens.")
    private Path tokenizer = Path.of("");

    @Option(
            names = {"-o", "--output"},
            required = true,
            description = "The folder, which must be new.")
    private Path out = Path.of("");

    /// Sizes, and whether the head is the table of embeddings.
    private record Sizes(
            int hidden, int intermediate, int layers, int heads, int keys, boolean tied) {
        static Sizes of(String shape) {
            return switch (shape) {
                case "135m" ->
                        new Sizes(
                                SmallModel.HIDDEN,
                                SmallModel.INTERMEDIATE,
                                SmallModel.LAYERS,
                                SmallModel.HEADS,
                                SmallModel.KEY_VALUE_HEADS,
                                true);
                case "1b" -> new Sizes(2048, 5632, 22, 32, 4, false);
                default ->
                        throw AttuneException.user("There is no shape %s.".formatted(shape))
                                .fix("Take 135m or 1b.");
            };
        }

        List<TensorSpec> tensors() {
            List<TensorSpec> all = new ArrayList<>();
            all.add(spec("model.embed_tokens.weight", VOCABULARY, hidden));
            for (int i = 0; i < layers; i++) {
                String layer = "model.layers." + i + ".";
                all.add(spec(layer + "input_layernorm.weight", hidden));
                all.add(spec(layer + "self_attn.q_proj.weight", heads * HEAD_DIM, hidden));
                all.add(spec(layer + "self_attn.k_proj.weight", keys * HEAD_DIM, hidden));
                all.add(spec(layer + "self_attn.v_proj.weight", keys * HEAD_DIM, hidden));
                all.add(spec(layer + "self_attn.o_proj.weight", hidden, heads * HEAD_DIM));
                all.add(spec(layer + "post_attention_layernorm.weight", hidden));
                all.add(spec(layer + "mlp.gate_proj.weight", intermediate, hidden));
                all.add(spec(layer + "mlp.up_proj.weight", intermediate, hidden));
                all.add(spec(layer + "mlp.down_proj.weight", hidden, intermediate));
            }
            all.add(spec("model.norm.weight", hidden));
            if (!tied) {
                all.add(spec("lm_head.weight", VOCABULARY, hidden));
            }
            return all;
        }

        private static TensorSpec spec(String name, int... shape) {
            List<Long> sizes = new ArrayList<>();
            for (int size : shape) {
                sizes.add((long) size);
            }
            return new TensorSpec(name, SafetensorsDtype.BF16, sizes);
        }

        String config() {
            return """
            {
              "architectures": ["LlamaForCausalLM"],
              "model_type": "llama",
              "hidden_act": "silu",
              "hidden_size": %d,
              "intermediate_size": %d,
              "max_position_embeddings": 2048,
              "num_attention_heads": %d,
              "num_hidden_layers": %d,
              "num_key_value_heads": %d,
              "rms_norm_eps": 1e-05,
              "rope_theta": 10000.0,
              "tie_word_embeddings": %s,
              "torch_dtype": "bfloat16",
              "vocab_size": %d
            }
            """
                    .formatted(hidden, intermediate, heads, layers, keys, tied, VOCABULARY);
        }
    }

    @Override
    public Integer call() throws IOException {
        Sizes sizes = Sizes.of(shape);
        Files.createDirectory(out);
        SplittableRandom random = new SplittableRandom(1);
        try (CheckpointWriter writer =
                CheckpointWriter.create(
                        out,
                        sizes.tensors(),
                        Map.of("format", "pt"),
                        CheckpointWriter.DEFAULT_MAX_SHARD_BYTES)) {
            for (TensorSpec spec : sizes.tensors()) {
                writer.write(spec.name(), weights(spec, random));
            }
            writer.finish();
        }
        for (Map.Entry<String, Path> file : CompanionFiles.of(tokenizer).entrySet()) {
            Files.copy(file.getValue(), out.resolve(file.getKey()));
        }
        Files.writeString(out.resolve("config.json"), sizes.config());
        return 0;
    }

    /// Ones for norms; for the rest what training begins with.
    private static MemorySegment weights(TensorSpec spec, SplittableRandom random) {
        boolean norm = spec.shape().size() == 1;
        int count = Math.toIntExact(spec.shape().stream().reduce(1L, Math::multiplyExact));
        ByteBuffer bytes = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            float value = norm ? 1 : (float) (0.02 * random.nextGaussian());
            bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        }
        return MemorySegment.ofArray(bytes.array());
    }
}
