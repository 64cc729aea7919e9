package dev.attune.hub;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether a snapshot that somebody else may have downloaded in part has all a model needs.
final class Weights {
    private static final int MAX_INDEX_BYTES = 64 << 20;

    private Weights() {}

    /// Whether there are a configuration and weights, and of weights in shards all that the index
    /// names.
    static boolean areWhole(Snapshot snapshot) {
        boolean adapter = snapshot.files().contains("adapter_config.json");
        boolean model = snapshot.files().contains("config.json");
        if (adapter && snapshot.files().contains("adapter_model.safetensors")) {
            return true;
        }
        boolean single = snapshot.files().contains("model.safetensors");
        return model && (single || shardsAreWhole(snapshot));
    }

    private static boolean shardsAreWhole(Snapshot snapshot) {
        Path index = snapshot.path().resolve("model.safetensors.index.json");
        try {
            if (!Files.isRegularFile(index) || Files.size(index) > MAX_INDEX_BYTES) {
                return false;
            }
            JsonNode map = JsonMapper.shared().readTree(Files.readString(index)).path("weight_map");
            return !map.isEmpty()
                    && map.valueStream()
                            .allMatch(shard -> snapshot.files().contains(shard.asString("")));
        } catch (IOException | JacksonException _) {
            // What cannot be read is fetched and checked again.
            return false;
        }
    }
}
