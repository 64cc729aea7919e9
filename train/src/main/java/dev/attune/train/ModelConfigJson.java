package dev.attune.train;

import dev.attune.format.IoFault;
import dev.attune.format.PendingFile;
import dev.attune.tensor.Dtype;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/// The `config.json` of a base, for a model that was trained whole: the same but for the type of
/// its weights.
///
/// @param file of the base
record ModelConfigJson(Path file) {
    /// Writes it into a folder.
    void write(Path folder, Dtype dtype) {
        JsonMapper mapper = new JsonMapper();
        byte[] json;
        try {
            ObjectNode config = (ObjectNode) mapper.readTree(Files.readAllBytes(file));
            config.put(config.has("dtype") ? "dtype" : "torch_dtype", dtype.torchName());
            json = mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(config);
        } catch (IOException e) {
            throw IoFault.reading(file, e);
        }
        try (PendingFile pending = PendingFile.create(folder.resolve("config.json"), json.length)) {
            pending.write(0, MemorySegment.ofArray(json));
            pending.seal();
            pending.publish();
        }
    }
}
