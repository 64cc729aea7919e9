package dev.attune.starter;

import dev.attune.format.CheckpointWriter;
import dev.attune.format.SafetensorsDtype;
import dev.attune.format.TensorSpec;
import dev.attune.model.Decoder;
import dev.attune.model.Family;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// Writes weights and configuration into a folder.
final class ModelFolder {
    private ModelFolder() {}

    /// Weights to begin with, in float32 to be trained on.
    static void writeFirst(Path folder, StarterShape shape, long seed) {
        try (Generator generator = Generator.seeded(seed);
                Decoder decoder =
                        Decoder.random(
                                Family.LLAMA,
                                shape.decoder(),
                                generator,
                                Dtype.FLOAT32,
                                Device.CPU)) {
            FirstWeights.widen(decoder, shape);
            write(folder, decoder, shape, Dtype.FLOAT32);
        }
    }

    /// The weights of a decoder, each rounded once to the type they are kept in.
    static void write(Path folder, Decoder decoder, StarterShape shape, Dtype dtype) {
        List<Parameter> weights = decoder.parameters();
        try (var _ = Scope.open("shapes");
                CheckpointWriter writer =
                        CheckpointWriter.create(
                                folder,
                                weights.stream().map(weight -> spec(weight, dtype)).toList(),
                                Map.of("format", "pt"),
                                CheckpointWriter.DEFAULT_MAX_SHARD_BYTES)) {
            for (Parameter weight : weights) {
                try (var _ = Scope.open(weight.name())) {
                    Tensor rounded = weight.data().to(dtype).contiguous();
                    writer.write(weight.name(), rounded.memory());
                }
            }
            writer.finish();
            Files.writeString(folder.resolve("config.json"), shape.configJson(dtype.torchName()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TensorSpec spec(Parameter weight, Dtype dtype) {
        return new TensorSpec(
                weight.name(),
                dtype == Dtype.BFLOAT16 ? SafetensorsDtype.BF16 : SafetensorsDtype.F32,
                LongStream.of(weight.data().shape()).boxed().toList());
    }
}
