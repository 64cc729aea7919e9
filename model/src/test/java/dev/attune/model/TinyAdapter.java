package dev.attune.model;

import dev.attune.format.SafetensorsDtype;
import dev.attune.format.SafetensorsWriter;
import dev.attune.format.TensorSpec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A small adapter file that a test writes itself: rank 2 on the query of layer 0 of
/// [TinyCheckpoint#llama]. Its numbers are zeros.
final class TinyAdapter {
    static final String QUERY = "base_model.model.model.layers.0.self_attn.q_proj.";

    private final Map<String, List<Long>> shapes = new LinkedHashMap<>();
    private SafetensorsDtype type = SafetensorsDtype.F32;
    private String config =
            """
            {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj"]}
            """;

    static TinyAdapter query() {
        return new TinyAdapter()
                .with(QUERY + "lora_A.weight", 2, 8)
                .with(QUERY + "lora_B.weight", 8, 2);
    }

    TinyAdapter with(String name, long... shape) {
        shapes.put(name, Arrays.stream(shape).boxed().toList());
        return this;
    }

    TinyAdapter without(String name) {
        shapes.remove(name);
        return this;
    }

    TinyAdapter typed(SafetensorsDtype other) {
        type = other;
        return this;
    }

    TinyAdapter key(String key, String value) {
        config = TinyCheckpoint.keyed(config, key, value);
        return this;
    }

    TinyAdapter noKey(String key) {
        config = TinyCheckpoint.without(config, key);
        return this;
    }

    /// Writes both files into a folder, which it gives back.
    Path write(Path folder) {
        List<TensorSpec> specs = new ArrayList<>();
        shapes.forEach((name, shape) -> specs.add(new TensorSpec(name, type, shape)));
        try (Arena arena = Arena.ofConfined();
                SafetensorsWriter writer =
                        SafetensorsWriter.create(
                                folder.resolve("adapter_model.safetensors"), specs, Map.of())) {
            Files.writeString(folder.resolve("adapter_config.json"), config);
            for (TensorSpec spec : specs) {
                writer.write(spec.name(), arena.allocate(spec.byteLength()));
            }
            writer.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }
}
