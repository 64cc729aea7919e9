package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.format.PendingFile;
import dev.attune.format.SafetensorsDtype;
import dev.attune.format.SafetensorsWriter;
import dev.attune.format.TensorSpec;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes an adapter as PEFT does: the same two files, names, shapes and keys.
///
/// Two choices where PEFT has them too, or ought to: the base's table and head beneath factors are
/// written only if the adapter was loaded with them, since they say nothing new; biases that
/// trained are always written, whereas PEFT loses those of `lora_only`.
public final class AdapterWriter {
    private final Adapter adapter;
    private final boolean fanInFanOut;
    private final String base;
    private final Optional<Dtype> dtype;
    private final Map<String, Object> kept;

    /// @param fanInFanOut whether the base's linear weights lie transposed, as GPT-2's `Conv1D`
    /// @param base the base model, a name or a path
    public AdapterWriter(Adapter adapter, boolean fanInFanOut, String base) {
        this(adapter, fanInFanOut, base, Optional.empty(), Map.of());
    }

    private AdapterWriter(
            Adapter adapter,
            boolean fanInFanOut,
            String base,
            Optional<Dtype> dtype,
            Map<String, Object> kept) {
        this.adapter = adapter;
        this.fanInFanOut = fanInFanOut;
        this.base = base;
        this.dtype = dtype;
        this.kept = kept;
    }

    /// The same, with weights of another type than they have in memory.
    ///
    /// @throws IllegalArgumentException if an adapter's file cannot have that type
    public AdapterWriter typed(Dtype other) {
        stored(other);
        return new AdapterWriter(adapter, fanInFanOut, base, Optional.of(other), kept);
    }

    /// The same, with these entries of an earlier `adapter_config.json` as far as the adapter does
    /// not decide them: `lora_dropout`, `revision` and so on.
    public AdapterWriter keeping(Map<String, Object> entries) {
        return new AdapterWriter(adapter, fanInFanOut, base, dtype, Map.copyOf(entries));
    }

    /// Writes both files into a folder that exists, the configuration last.
    ///
    /// @throws AttuneException if the folder cannot be written to, or the disk is full
    public void write(Path folder) {
        List<Parameter> parameters = adapter.parameters();
        List<TensorSpec> specs = parameters.stream().map(this::spec).toList();
        Path weights = folder.resolve("adapter_model.safetensors");
        try (var writer = SafetensorsWriter.create(weights, specs, Map.of("format", "pt"))) {
            for (Parameter parameter : parameters) {
                try (var _ = Scope.open(parameter.name())) {
                    Tensor data = parameter.data().to(Device.CPU).to(typeOf(parameter));
                    writer.write(parameter.name(), data.contiguous().memory());
                }
            }
            writer.finish();
        }
        byte[] json = json().getBytes(StandardCharsets.UTF_8);
        try (PendingFile file =
                PendingFile.create(folder.resolve("adapter_config.json"), json.length)) {
            file.write(0, MemorySegment.ofArray(json));
            file.seal();
            file.publish();
        }
    }

    /// The text of `adapter_config.json`.
    String json() {
        return new LoraConfigJson(adapter.config(), fanInFanOut, base).text(kept, paths());
    }

    private List<String> paths() {
        return adapter.changes().stream()
                .filter(c ->
                        c instanceof AdapterChange.Factors
                                || c instanceof AdapterChange.EmbeddingFactors)
                .map(AdapterChange::path)
                .toList();
    }

    private Dtype typeOf(Parameter parameter) {
        return dtype.orElseGet(() -> parameter.data().dtype());
    }

    private TensorSpec spec(Parameter parameter) {
        try (var _ = Scope.open(parameter.name())) {
            return new TensorSpec(
                    parameter.name(),
                    stored(typeOf(parameter)),
                    Arrays.stream(parameter.data().shape()).boxed().toList());
        }
    }

    private static SafetensorsDtype stored(Dtype dtype) {
        return switch (dtype) {
            case FLOAT32 -> SafetensorsDtype.F32;
            case FLOAT16 -> SafetensorsDtype.F16;
            case BFLOAT16 -> SafetensorsDtype.BF16;
            default -> throw new IllegalArgumentException("an adapter of type " + dtype);
        };
    }
}
