package dev.attune.bench;

import dev.attune.format.CheckpointWriter;
import dev.attune.format.SafetensorsDtype;
import dev.attune.format.TensorSpec;
import dev.attune.model.CompanionFiles;
import dev.attune.model.Decoder;
import dev.attune.model.Family;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// The benchmarked shape as a folder that can be trained: random weights, and a tokenizer's files.
final class SmallModelFolder {
    private SmallModelFolder() {}

    /// Writes it.
    ///
    /// @param folder a new, empty one
    /// @param tokenizer a folder with the files of a tokenizer
    /// @param vocabulary at least the tokenizer's
    static void write(Path folder, Path tokenizer, int vocabulary) throws IOException {
        try (Generator generator = Generator.seeded(1);
                Decoder decoder =
                        Decoder.random(
                                Family.LLAMA,
                                SmallModel.config(vocabulary),
                                generator,
                                Dtype.BFLOAT16,
                                Device.CPU)) {
            weights(folder, decoder.parameters());
        }
        for (Map.Entry<String, Path> file : CompanionFiles.of(tokenizer).entrySet()) {
            Files.copy(file.getValue(), folder.resolve(file.getKey()));
        }
        Files.writeString(
                folder.resolve("config.json"),
                """
                {
                  "architectures": ["LlamaForCausalLM"],
                  "model_type": "llama",
                  "hidden_act": "silu",
                  "hidden_size": %d,
                  "intermediate_size": %d,
                  "max_position_embeddings": 8192,
                  "num_attention_heads": %d,
                  "num_hidden_layers": %d,
                  "num_key_value_heads": %d,
                  "rms_norm_eps": 1e-05,
                  "rope_theta": 10000.0,
                  "tie_word_embeddings": true,
                  "torch_dtype": "bfloat16",
                  "vocab_size": %d
                }
                """
                        .formatted(
                                SmallModel.HIDDEN,
                                SmallModel.INTERMEDIATE,
                                SmallModel.HEADS,
                                SmallModel.LAYERS,
                                SmallModel.KEY_VALUE_HEADS,
                                vocabulary));
    }

    private static void weights(Path folder, List<Parameter> weights) throws IOException {
        try (var _ = Scope.open("shapes");
                CheckpointWriter writer =
                        CheckpointWriter.create(
                                folder,
                                weights.stream()
                                        .map(weight ->
                                                new TensorSpec(
                                                        weight.name(),
                                                        SafetensorsDtype.BF16,
                                                        LongStream.of(weight.data().shape())
                                                                .boxed()
                                                                .toList()))
                                        .toList(),
                                Map.of("format", "pt"),
                                CheckpointWriter.DEFAULT_MAX_SHARD_BYTES)) {
            for (Parameter weight : weights) {
                writer.write(weight.name(), weight.data().memory());
            }
            writer.finish();
        }
    }
}
