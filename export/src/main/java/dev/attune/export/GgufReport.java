package dev.attune.export;

import dev.attune.format.GgmlType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What an export as GGUF wrote.
///
/// @param folder the target
/// @param file the GGUF file in it
/// @param bytes what the file takes
/// @param tensors how many tensors of each type it has
/// @param check how far it is from the model, if that was asked for
/// @param notes what a user should know of how llama.cpp runs it
/// @param seconds how long it took
public record GgufReport(
        Path folder,
        Path file,
        long bytes,
        Map<GgmlType, Integer> tensors,
        Optional<GgufCheck> check,
        List<String> notes,
        double seconds) {
    /// Copies the collections.
    public GgufReport {
        tensors = new TreeMap<>(tensors);
        notes = List.copyOf(notes);
    }
}
