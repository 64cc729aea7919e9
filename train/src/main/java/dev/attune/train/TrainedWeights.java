package dev.attune.train;

import dev.attune.format.Checkpoint;
import dev.attune.format.CheckpointWriter;
import dev.attune.format.SafetensorsDtype;
import dev.attune.format.SafetensorsFile;
import dev.attune.format.TensorEntry;
import dev.attune.format.TensorSpec;
import dev.attune.model.Adapter;
import dev.attune.model.Decoder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What a run trains: an adapter, or the whole model; and how it stands in a folder.
///
/// The numbers in a file are those in memory, bit by bit.
sealed interface TrainedWeights {
    /// What moves.
    List<Parameter> parameters();

    /// Writes the weights into a folder, in the layout of PEFT or of transformers.
    void write(Path folder);

    /// Takes back what [#write] wrote.
    void restore(Path folder);

    /// An adapter beside frozen weights.
    ///
    /// @param base the base's name, for `adapter_config.json`
    record OfAdapter(Adapter adapter, List<Parameter> parameters, String base, double dropout)
            implements TrainedWeights {
        public OfAdapter {
            parameters = List.copyOf(parameters);
        }

        @Override
        public void write(Path folder) {
            adapter.save(folder, base, dropout);
        }

        @Override
        public void restore(Path folder) {
            try (SafetensorsFile file =
                    SafetensorsFile.open(folder.resolve("adapter_model.safetensors"))) {
                for (Parameter parameter : adapter.parameters()) {
                    copy(
                            parameter,
                            file.tensors().get(parameter.name()),
                            () -> file.bytes(parameter.name()));
                }
            }
        }
    }

    /// All weights of a decoder.
    record OfModel(Decoder decoder, List<Parameter> parameters, ModelConfigJson config)
            implements TrainedWeights {
        public OfModel {
            parameters = List.copyOf(parameters);
        }

        @Override
        public void write(Path folder) {
            List<TensorSpec> specs = parameters.stream().map(OfModel::spec).toList();
            try (CheckpointWriter writer =
                    CheckpointWriter.create(
                            folder,
                            specs,
                            Map.of("format", "pt"),
                            CheckpointWriter.DEFAULT_MAX_SHARD_BYTES)) {
                for (Parameter parameter : parameters) {
                    try (var _ = Scope.open(parameter.name())) {
                        Tensor data = parameter.data().to(Device.CPU).contiguous();
                        writer.write(parameter.name(), data.memory());
                    }
                }
                writer.finish();
            }
            config.write(folder, decoder.dtype());
        }

        @Override
        public void restore(Path folder) {
            try (Checkpoint checkpoint = Checkpoint.open(folder)) {
                for (Parameter parameter : parameters) {
                    copy(
                            parameter,
                            checkpoint.tensors().get(parameter.name()),
                            () -> checkpoint.bytes(parameter.name()));
                }
            }
        }

        private static TensorSpec spec(Parameter parameter) {
            try (var _ = Scope.open(parameter.name())) {
                SafetensorsDtype dtype =
                        parameter.data().dtype() == Dtype.BFLOAT16
                                ? SafetensorsDtype.BF16
                                : SafetensorsDtype.F32;
                return new TensorSpec(
                        parameter.name(),
                        dtype,
                        Arrays.stream(parameter.data().shape()).boxed().toList());
            }
        }
    }

    private static void copy(
            Parameter parameter,
            @org.jspecify.annotations.Nullable TensorEntry entry,
            java.util.function.Supplier<MemorySegment> bytes) {
        Objects.requireNonNull(entry, parameter.name());
        try (var _ = Scope.open(parameter.name())) {
            Tensor data = parameter.data();
            Dtype dtype = data.dtype();
            data.copyInPlace(Tensor.read(bytes.get(), dtype, dtype, data.device(), data.shape()));
        }
    }
}
