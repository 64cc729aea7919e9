package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file as transformers 5 writes it means what one of transformers 4 means: `dtype` for
/// `torch_dtype`, all of the rope under `rope_parameters`, `layer_types` for patterns.
class NewerConfigTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    @TempDir private Path tmp = Path.of("");

    @ParameterizedTest
    @MethodSource("dev.attune.testkit.ReferenceModels#names")
    void newerSpellingsMeanTheSame(String name) throws IOException {
        Path older = SharedData.path("reference/" + name + "/config.json");
        Path newer = tmp.resolve("config.json");
        Files.writeString(newer, newer((ObjectNode) Json.read(older)).toPrettyString());
        assertThat(config(newer)).isEqualTo(config(older));
    }

    private static DecoderConfig config(Path file) {
        ConfigJson json = ConfigJson.read(file);
        return Family.of(json).config(json);
    }

    private static ObjectNode newer(ObjectNode config) {
        config.set("dtype", config.get("torch_dtype"));
        config.remove("torch_dtype");
        String type = config.get("model_type").stringValue();
        if (type.equals("gpt2")) {
            return config;
        }
        if (type.equals("gemma3_text") || type.equals("gemma2")) {
            layerTypes(config, type.equals("gemma2") ? 2 : 3);
        }
        ObjectNode rope = MAPPER.createObjectNode();
        move(config, "rope_theta", rope, "rope_theta");
        move(config, "rotary_pct", rope, "partial_rotary_factor");
        move(config, "partial_rotary_factor", rope, "partial_rotary_factor");
        config.remove("rotary_emb_base");
        JsonNode scaling = config.remove("rope_scaling");
        if (scaling instanceof ObjectNode parts) {
            move(parts, "type", rope, "rope_type");
            rope.setAll(parts);
        } else {
            rope.put("rope_type", "default");
        }
        config.set("rope_parameters", type.equals("gemma3_text") ? apart(config, rope) : rope);
        return config;
    }

    private static void layerTypes(ObjectNode config, int pattern) {
        var types = config.putArray("layer_types");
        for (int i = 1; i <= config.get("num_hidden_layers").intValue(); i++) {
            types.add(i % pattern == 0 ? "full_attention" : "sliding_attention");
        }
        config.remove("sliding_window_pattern");
    }

    /// Gemma 3 describes the rope of each type of layer.
    private static ObjectNode apart(ObjectNode config, ObjectNode full) {
        ObjectNode both = MAPPER.createObjectNode();
        ObjectNode sliding = MAPPER.createObjectNode().put("rope_type", "default");
        move(config, "rope_local_base_freq", sliding, "rope_theta");
        both.set("full_attention", full);
        both.set("sliding_attention", sliding);
        return both;
    }

    private static void move(ObjectNode from, String key, ObjectNode to, String newKey) {
        JsonNode value = from.remove(key);
        if (value != null) {
            to.set(newKey, value);
        }
    }
}
