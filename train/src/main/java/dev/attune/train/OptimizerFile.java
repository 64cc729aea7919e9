package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.format.SafetensorsDtype;
import dev.attune.format.SafetensorsFile;
import dev.attune.format.SafetensorsWriter;
import dev.attune.format.TensorEntry;
import dev.attune.format.TensorSpec;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Optimizer;
import dev.attune.tensor.OptimizerState;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `optimizer.safetensors`: the moments of an optimizer, and in the metadata how often each
/// parameter moved.
final class OptimizerFile {
    private static final String STEPS = "steps ";

    private OptimizerFile() {}

    /// Writes the state, bit by bit.
    static void write(Path file, Optimizer optimizer) {
        OptimizerState state = optimizer.state();
        Map<String, String> metadata = new LinkedHashMap<>();
        state.steps().forEach((name, steps) -> metadata.put(STEPS + name, Long.toString(steps)));
        List<TensorSpec> specs = new ArrayList<>();
        try (var _ = Scope.open("shapes")) {
            state.tensors()
                    .forEach((name, tensor) ->
                            specs.add(
                                    new TensorSpec(
                                            name,
                                            SafetensorsDtype.F32,
                                            Arrays.stream(tensor.shape()).boxed().toList())));
        }
        try (var writer = SafetensorsWriter.create(file, specs, metadata)) {
            state.tensors()
                    .forEach((name, tensor) -> {
                        try (var _ = Scope.open(name)) {
                            writer.write(name, tensor.to(Device.CPU).contiguous().memory());
                        }
                    });
            writer.finish();
        }
    }

    /// Takes the state back into an optimizer.
    ///
    /// @throws AttuneException if it is of another rule or other parameters
    static void restore(Path path, Optimizer optimizer, Device device) {
        try (SafetensorsFile file = SafetensorsFile.open(path);
                var _ = Scope.open("moments")) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (TensorEntry entry : file.tensors().values()) {
                long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
                tensors.put(
                        entry.name(),
                        Tensor.read(
                                file.bytes(entry), Dtype.FLOAT32, Dtype.FLOAT32, device, shape));
            }
            Map<String, Long> steps = new LinkedHashMap<>();
            file.metadata()
                    .forEach((key, value) -> {
                        if (key.startsWith(STEPS)) {
                            steps.put(key.substring(STEPS.length()), Long.parseLong(value));
                        }
                    });
            optimizer.restore(new OptimizerState(tensors, steps));
        } catch (NumberFormatException e) {
            throw AttuneException.user("The moments of the run are damaged: " + e.getMessage())
                    .at(path)
                    .fix("Delete this checkpoint; the run goes on from the one before.")
                    .causedBy(e);
        }
    }
}
