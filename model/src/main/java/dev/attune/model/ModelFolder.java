package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.format.Checkpoint;
import dev.attune.format.TensorEntry;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// What the files of a model say about it, read without loading a weight.
///
/// @param folder where they are
/// @param family its architecture
/// @param config what sort of decoder it is
/// @param parameters how many numbers its tensors hold
/// @param fileBytes how much the tensors take on disk
/// @param elements how many numbers of each safetensors type there are
public record ModelFolder(
        Path folder,
        Family family,
        DecoderConfig config,
        long parameters,
        long fileBytes,
        Map<String, Long> elements) {
    /// Copies the map.
    public ModelFolder {
        elements = Map.copyOf(elements);
    }

    /// Reads `config.json` and the headers of the safetensors files, and checks that they belong
    /// together.
    ///
    /// @throws AttuneException as [Decoder#load] does
    public static ModelFolder read(Path folder) {
        requireFolder(folder);
        ConfigJson json = ConfigJson.read(folder.resolve("config.json"));
        Family family = Family.of(json);
        DecoderConfig config = family.config(json);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            String prefix = family.names().basePrefix();
            Decoder.check(family, config, new StoredWeights(checkpoint, prefix));
            Map<String, Long> elements = new TreeMap<>();
            long bytes = 0;
            for (TensorEntry entry : checkpoint.tensors().values()) {
                elements.merge(entry.dtype().name(), entry.elementCount(), Long::sum);
                bytes += entry.byteLength();
            }
            long parameters = elements.values().stream().mapToLong(Long::longValue).sum();
            return new ModelFolder(folder, family, config, parameters, bytes, elements);
        }
    }

    /// What `config.json` of a folder says, whose weights are not looked at.
    ///
    /// @throws AttuneException if it is missing or broken, or not that of a known architecture
    public static DecoderConfig readConfig(Path folder) {
        ConfigJson json = ConfigJson.read(folder.resolve("config.json"));
        return Family.of(json).config(json);
    }

    static void requireFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            String what = Files.exists(folder) ? "is no folder" : "does not exist";
            throw AttuneException.user("The model " + folder + " " + what + ".")
                    .fix("Give the folder that holds config.json and model.safetensors.");
        }
    }
}
